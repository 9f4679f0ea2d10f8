//! School portraits of people who do not exist: shapes in soft light before a backdrop.

use super::canvas::{Canvas, Chance, Colour, ellipse, lit, mix, rounded};
use super::person::{Cut, Person};

/// Draws a person. The seed selects the person, the moment their pose and smile.
pub(super) fn draw(canvas: &mut Canvas, seed: u64, moment: Chance) {
    let person = Person::new(seed);
    let mut moment = moment.fork(0x5171);
    backdrop(canvas, person.backdrop, &mut moment);

    let (width, height) = (f32::from(canvas.width), f32::from(canvas.height));
    let unit = (width * 0.205).min(height * 0.165);
    let x = width * moment.between(0.47, 0.53);
    let y = height * moment.between(0.40, 0.43);
    let tilt = moment.between(-0.07, 0.07);

    canvas.set_pen(x, y, unit, tilt * 0.3);
    hair_behind(canvas, &person);
    body(canvas, &person);
    canvas.set_pen(x, y, unit, tilt);
    head(canvas, &person);
    let glance = moment.between(-0.03, 0.03);
    eyes(canvas, &person, glance);
    nose_and_mouth(canvas, &person, moment.between(0.4, 1.0));
    hair_before(canvas, &person);
    if person.has_glasses {
        glasses(canvas);
    }
}

/// Draws a mottled cloth, lit from the left and darker towards the corners.
fn backdrop(canvas: &mut Canvas, colour: Colour, moment: &mut Chance) {
    let waves: Vec<[f32; 4]> = (0..5)
        .map(|_| {
            let fast = moment.between(3.0, 13.0);
            let slope = moment.between(-1.0, 1.0);
            [fast, fast * slope, moment.between(0.0, 6.3), moment.between(0.008, 0.022)]
        })
        .collect();
    let (light_x, light_y) = (moment.between(0.3, 0.5), moment.between(0.25, 0.4));
    canvas.cover(|x, y| {
        let away = (x - light_x).hypot(y - light_y);
        let mottle: f32 =
            waves.iter().map(|[u, v, shift, much]| (x * u + y * v + shift).sin() * much).sum();
        lit(colour, 1.26 - away * 0.72 + mottle)
    });
}

fn body(canvas: &mut Canvas, person: &Person) {
    let neck = lit(person.skin, 0.82);
    let neck_box = ([0.0, 1.5], [0.42, 0.75]);
    canvas.paint(neck_box, (0.04, 1.0), rounded([0.0, 1.5], [0.42, 0.75], 0.2), |x, y| {
        lit(neck, 1.0 - x * 0.12 + (y - 1.3) * 0.2)
    });
    let shoulders = |x: f32, y: f32| {
        let (u, v) = ((x / 2.35).abs(), ((y - 4.35) / 2.55).abs());
        ((u.powf(2.7) + v.powf(2.7)).powf(1.0 / 2.7) - 1.0) * 2.2
    };
    // The opening at the neck is left out.
    let opening = ellipse([0.0, 1.72], [0.62, 0.46]);
    let top = person.top;
    canvas.paint(
        ([0.0, 4.3], [2.5, 2.7]),
        (0.03, 1.0),
        |x, y| shoulders(x, y).max(-opening(x, y)),
        |x, y| {
            let folds = ((x * 2.1 + y * 0.7).sin() * (y * 1.3).cos()) * 0.045;
            let light =
                1.02 - x * 0.09 - (y - 2.0) * 0.035 + folds - (x.abs() - 1.0).max(0.0) * 0.12;
            let stripe = person.is_striped && (y * 2.6).rem_euclid(1.0) < 0.45;
            let colour = if stripe { mix(top, [244.0, 240.0, 232.0], 0.75) } else { top };
            lit(colour, light)
        },
    );
    // The rim of the top, or a shirt's collar.
    if person.has_collar {
        for side in [-1.0, 1.0] {
            canvas.paint(
                ([side * 0.48, 1.98], [0.5, 0.45]),
                (0.03, 1.0),
                move |x, y| {
                    let (u, v) = (x * side, y - 1.62);
                    (0.18 - u + v * 0.1)
                        .max(u - 0.78 + v * 0.15)
                        .max(v - 0.62 - (u - 0.4) * 0.35)
                        .max(0.02 - v + (u - 0.6) * 0.3)
                },
                |x, y| lit([246.0, 244.0, 240.0], 0.98 - x * 0.05 - (y - 1.9) * 0.12),
            );
        }
    } else {
        let rim = lit(top, 0.82);
        canvas.paint(
            ([0.0, 1.8], [0.8, 0.6]),
            (0.03, 1.0),
            |x, y| (opening(x, y).abs() - 0.055).max(1.70 - y),
            |_, _| rim,
        );
    }
}

/// Returns how far a point is outside the face: an ellipse that narrows towards the chin.
fn face(chin: f32) -> impl Fn(f32, f32) -> f32 {
    move |x, y| {
        let wide = 1.0 - chin * y.max(0.0) * y.max(0.0);
        ((x / wide).hypot(y / 1.27) - 1.0) * 0.95
    }
}

fn head(canvas: &mut Canvas, person: &Person) {
    let skin = person.skin;
    for side in [-1.0, 1.0] {
        canvas.ellipse([side * 0.99, 0.12], [0.16, 0.27], 0.03, lit(skin, 0.92));
        canvas.ellipse([side * 1.0, 0.13], [0.08, 0.16], 0.05, lit(skin, 0.8));
    }
    // The shadow of the chin on the neck.
    canvas.paint(
        ([0.0, 1.35], [0.5, 0.3]),
        (0.3, 0.35),
        ellipse([0.05, 1.28], [0.45, 0.2]),
        |_, _| lit(skin, 0.55),
    );
    canvas.paint(([0.0, 0.0], [1.1, 1.35]), (0.03, 1.0), face(person.chin), |x, y| {
        let edge = (x.abs() - 0.55).max(0.0) * 0.2;
        lit(skin, 1.045 - x * 0.075 - y * 0.045 - edge)
    });
    let blush = mix(skin, [226.0, 96.0, 90.0], 0.5);
    for side in [-1.0, 1.0] {
        let place = ([side * 0.55, 0.42], [0.26, 0.19]);
        canvas.paint(place, (0.25, 0.4), ellipse(place.0, place.1), |_, _| blush);
    }
    if person.has_freckles {
        for (x, y) in [(0.38, 0.3), (0.5, 0.4), (0.62, 0.3), (0.46, 0.2), (0.58, 0.46), (0.3, 0.4)]
        {
            for side in [-1.0, 1.0] {
                let place = ([side * x, y], [0.022, 0.02]);
                canvas.paint(place, (0.03, 0.5), ellipse(place.0, place.1), |_, _| lit(skin, 0.68));
            }
        }
    }
}

fn eyes(canvas: &mut Canvas, person: &Person, glance: f32) {
    let brow = mix(lit(person.hair, 0.8), lit(person.skin, 0.6), 0.25);
    for side in [-1.0, 1.0] {
        let x = side * 0.40;
        canvas.paint(
            ([x, -0.05], [0.28, 0.2]),
            (0.2, 0.25),
            ellipse([x, -0.05], [0.24, 0.14]),
            |_, _| lit(person.skin, 0.7),
        );
        canvas.ellipse([x, 0.0], [0.185, 0.118], 0.02, [248.0, 247.0, 244.0]);
        canvas.ellipse([x + glance, 0.0], [0.105, 0.112], 0.02, person.eyes);
        canvas.ellipse([x + glance, 0.0], [0.052, 0.055], 0.02, [18.0, 14.0, 14.0]);
        canvas.ellipse([x + glance - 0.035, -0.035], [0.028, 0.028], 0.02, [255.0; 3]);
        // The upper eyelid.
        canvas.paint(
            ([x, -0.06], [0.24, 0.14]),
            (0.02, 1.0),
            move |px, py| {
                let lid = -0.125 + ((px - x) / 0.2) * ((px - x) / 0.2) * 0.085;
                ((py - lid).abs() - 0.024).max((px - x).abs() - 0.205)
            },
            |_, _| lit(person.hair, 0.6),
        );
        canvas.paint(
            ([x, -0.33], [0.3, 0.14]),
            (0.03, 0.92),
            move |px, py| {
                let along = (px - x) * side;
                let curve = -0.345 + along * along * 0.9 - along * 0.06;
                ((py - curve).abs() - 0.036 + along.max(0.0) * 0.06).max(along.abs() - 0.23)
            },
            |_, _| brow,
        );
    }
}

fn nose_and_mouth(canvas: &mut Canvas, person: &Person, smile: f32) {
    let shade = lit(person.skin, 0.74);
    canvas.paint(
        ([0.05, 0.3], [0.14, 0.3]),
        (0.12, 0.35),
        ellipse([0.07, 0.28], [0.05, 0.24]),
        |_, _| shade,
    );
    canvas.paint(
        ([0.0, 0.43], [0.17, 0.1]),
        (0.05, 0.8),
        |x, y| ((y - 0.455 + x * x * 2.2).abs() - 0.018).max(x.abs() - 0.125),
        |_, _| shade,
    );
    canvas.ellipse([-0.03, 0.36], [0.045, 0.05], 0.08, mix(person.skin, [255.0; 3], 0.18));
    let lips = mix(person.skin, [186.0, 62.0, 70.0], 0.6);
    let half = 0.26 + 0.1 * smile;
    let upper = move |x: f32| 0.70 - (x * x) * (0.5 + smile * 0.4);
    let lower = move |x: f32| 0.70 + 0.04 + 0.13 * smile - (x * x) * (1.0 + smile * 1.35);
    canvas.paint(
        ([0.0, 0.72], [half + 0.05, 0.26]),
        (0.03, 1.0),
        move |x, y| (upper(x) - 0.045 - y).max(y - lower(x) - 0.05).max(x.abs() - half),
        |_, _| lips,
    );
    if smile > 0.6 {
        canvas.paint(
            ([0.0, 0.74], [half, 0.2]),
            (0.02, 1.0),
            move |x, y| (upper(x) + 0.012 - y).max(y - lower(x) + 0.005).max(x.abs() - half + 0.06),
            |_, y| lit([250.0, 247.0, 241.0], 1.0 - (y - 0.7) * 0.35),
        );
    } else {
        canvas.paint(
            ([0.0, 0.74], [half, 0.1]),
            (0.02, 0.8),
            move |x, y| {
                ((y - f32::midpoint(upper(x), lower(x))).abs() - 0.012).max(x.abs() - half + 0.03)
            },
            |_, _| lit(lips, 0.6),
        );
    }
}

/// Colours hair strands, with highlights along them.
fn strands(hair: Colour, x: f32, y: f32) -> Colour {
    let angle = x.atan2(-y - 0.4);
    let fine = (angle * 31.0 + (y * 3.0).sin()).sin() * 0.035 + (angle * 83.0).sin() * 0.04;
    let shine = (-((x + 0.35) * (x + 0.35) * 3.0 + (y + 1.0) * (y + 1.0) * 9.0)).exp() * 0.45;
    lit(hair, 0.96 + fine + shine - x * 0.06)
}

fn hair_behind(canvas: &mut Canvas, person: &Person) {
    let hair = lit(person.hair, 0.8);
    let colour = move |x: f32, y: f32| strands(hair, x, y);
    match person.cut {
        Cut::Long | Cut::Fringe => {
            let bottom = if person.cut == Cut::Long { 2.35 } else { 1.45 };
            canvas.paint(
                ([0.0, 0.4], [1.45, 2.2]),
                (0.05, 1.0),
                move |x, y| {
                    let wide = 1.24 + (y * 1.7).sin() * 0.06;
                    let upper = ellipse([0.0, -0.15], [1.22, 1.35])(x, y);
                    let lower = (x.abs() - wide).max(y - bottom + x * x * 0.2).max(-y - 0.1);
                    upper.min(lower)
                },
                colour,
            );
        }
        Cut::Curls => {
            for place in 0_u8..13 {
                let angle = 2.62 + f32::from(place) * 0.337;
                let (x, y) = (angle.cos() * 1.12, angle.sin() * 1.18 - 0.15);
                let size = 0.42 + 0.05 * (f32::from(place) * 2.3).sin();
                canvas.paint(([x, y], [size; 2]), (0.05, 1.0), ellipse([x, y], [size; 2]), colour);
            }
        }
        Cut::Bun => canvas.paint(
            ([0.0, -1.62], [0.5, 0.46]),
            (0.05, 1.0),
            ellipse([0.0, -1.6], [0.46, 0.4]),
            colour,
        ),
        Cut::Pigtails => {
            for side in [-1.0, 1.0] {
                let place = ([side * 1.28, 0.75], [0.3, 0.78]);
                canvas.paint(place, (0.05, 1.0), ellipse(place.0, place.1), colour);
                canvas.ellipse([side * 1.13, 0.12], [0.13, 0.11], 0.03, person.top);
            }
        }
        Cut::Short | Cut::Parted => {}
    }
}

fn hair_before(canvas: &mut Canvas, person: &Person) {
    let Person { cut, hair, side, .. } = *person;
    let cap = ellipse([0.0, -0.22], [1.1, 1.2]);
    let hairline = move |x: f32| match cut {
        Cut::Short => -0.62 - 0.10 * (1.0 - x * x) + 0.025 * (x * 17.0).sin(),
        Cut::Parted => -0.62 + 0.26 * x * side + 0.12 * x * x,
        Cut::Fringe => -0.50 + 0.02 * (x * 21.0).sin() + 0.06 * x * x,
        Cut::Long => -1.0 + 0.72 * (x * side + 0.25).hypot(0.12),
        Cut::Curls => -0.66 + 0.07 * (x * 11.0).sin(),
        Cut::Bun | Cut::Pigtails => -0.86 + 0.36 * x * x,
    };
    // At the temples the hair reaches the ears, or goes past them.
    let temple = if person.is_long_haired() { 0.9 } else { 0.02 };
    let skull = face(person.chin);
    canvas.paint(
        ([0.0, -0.3], [1.2, 1.4]),
        (0.035, 1.0),
        move |x, y| {
            let above = y - hairline(x);
            let beside = (0.86 - x.abs() + (y + 0.1) * 0.08).max(y - temple);
            let outline =
                if person.is_long_haired() { cap(x, y).min(skull(x, y) - 0.16) } else { cap(x, y) };
            outline.max(above.min(beside))
        },
        move |x, y| strands(hair, x, y),
    );
    if cut == Cut::Curls {
        for place in 0_u8..7 {
            let x = -0.75 + f32::from(place) * 0.25;
            let centre = [x, -0.84 + x * x * 0.22];
            let size = [0.2, 0.19];
            canvas.paint((centre, size), (0.06, 1.0), ellipse(centre, size), move |x, y| {
                let (u, v) = ((x - centre[0]) * 9.0, (y - centre[1]) * 9.0);
                lit(strands(hair, x, y), 1.08 - 0.08 * (u.hypot(v) * 2.4).sin())
            });
        }
    }
}

fn glasses(canvas: &mut Canvas) {
    let frame = [38.0, 34.0, 36.0];
    for side in [-1.0, 1.0] {
        let lens = rounded([side * 0.41, 0.02], [0.3, 0.24], 0.14);
        let area = ([side * 0.41, 0.02], [0.36, 0.3]);
        canvas.paint(area, (0.02, 0.08), &lens, |_, _| [255.0; 3]);
        canvas.paint(area, (0.02, 1.0), |x, y| lens(x, y).abs() - 0.026, |_, _| frame);
        canvas.block([side * 0.86, -0.06], [0.16, 0.022], 0.01, frame);
    }
    canvas.block([0.0, -0.04], [0.11, 0.022], 0.01, frame);
}
