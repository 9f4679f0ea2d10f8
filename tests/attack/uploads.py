"""Uploads (items 7 and 8): what a URL does not allow, and files that are small to send and expensive to read."""

import time

import pictures
from costs import measured
from stack import promise, put

# Intake's peak is a constant in the code: 512 MB for the whole process. More than that above the idle memory
# fails.
MOST_MB = 512
# In debug builds, for one file.
MOST_CPU_SECONDS = 8.0
BOMB_BYTES = 48_000_000


def _registered(world, name, seed):
    picture = pictures.png(width=300, height=200, seed=seed)
    [target] = world.school.register((name, picture))
    assert target["status"] == "upload", target
    return picture, target


def an_upload_takes_no_unsigned_header(world):
    picture, target = _registered(world, "header.png", 11)
    answers = {}
    for name, value in (
        ("x-amz-copy-source", "/photos/other"),
        ("x-amz-acl", "public-read"),
        ("x-amz-meta-owner", "evil"),
        ("x-amz-storage-class", "GLACIER"),
        ("x-amz-tagging", "a=b"),
        ("x-amz-website-redirect-location", "https://evil.example"),
    ):
        answers[name] = put(target, picture, **{name: value}).status
    right = put(target, picture).status
    return right == 200 and all(400 <= it < 500 for it in answers.values()), f"{answers}, without one {right}"


def an_upload_takes_no_other_bytes(world):
    picture, target = _registered(world, "bytes.png", 12)
    other = bytes(len(picture))
    longer, shorter = picture + b"x", picture[:-1]
    answers = {
        "as long": put(target, other).status,
        "longer": put(target, longer).status,
        "shorter": put(target, shorter).status,
        "another type": put(target, picture, **{"content-type": "text/html"}).status,
        "another place": put({**target, "url": target["url"].replace("/intake/", "/photos/", 1)}, picture).status,
    }
    right, again = put(target, picture).status, put(target, picture).status
    are_refused = all(400 <= it < 500 for it in answers.values()) and 400 <= again < 500
    return are_refused and right == 200, f"{answers}, right {right}, again {again}"


def a_wrong_length_spoils_no_photo(world):
    picture = pictures.png(width=300, height=200, seed=13)
    length, digest = promise(picture)
    [wrong] = world.school.register(("length.png", (length + 1, digest)))
    first = put(wrong, picture).status if wrong["status"] == "upload" else wrong["status"]
    [right] = world.school.register(("length.png", picture))
    second = put(right, picture).status if right["status"] == "upload" else right["status"]
    return second == 200, f"with the wrong length {first}, with the right one {second}"


def _bomb(world, what, name, content):
    """Uploads a bomb and a good picture in one batch; returns their cost and the state of both."""
    world.bombs = getattr(world, "bombs", 0) + 1
    good = pictures.png(width=400 + world.bombs, height=300)
    runner, school = world.runner, world.school
    # Measured before the first one only, because the heap keeps memory it once took.
    world.rest_mb = getattr(world, "rest_mb", 0) or runner.memory("VmRSS")
    bomb_target, good_target = school.register((name, content), (f"good-{world.bombs}.png", good))
    states = {}

    def act():
        answer = put(bomb_target, content)
        assert put(good_target, good).status == 200
        states["good"] = (school.checked(good_target["photo_id"]) or {}).get("state")
        states["bomb"] = (school.checked(bomb_target["photo_id"]) or {}).get("state")
        return answer

    line = measured(world, f"file: {what}", len(content), act)
    world.table.append(line)
    more = line[4] - world.rest_mb
    good_is_well = states["good"] not in (None, "registered", "arrived", "refused")
    is_over = states["bomb"] not in (None, "registered", "arrived")
    note = f"{what} +{more:.0f} MB {line[3]:.1f} s ({states['bomb']}, beside it {states['good']})"
    is_refused = more < MOST_MB and line[3] < MOST_CPU_SECONDS and good_is_well and is_over
    return is_refused, note


def a_file_of_metadata_burns_no_memory(world):
    outcomes = [
        _bomb(world, "PNG, one eXIf", "exif.png", pictures.png_with_metadata(BOMB_BYTES)),
        _bomb(world, "PNG, many texts", "texts.png", pictures.png_with_many_chunks(20_000_000)),
        _bomb(world, "JPEG, comments", "comments.jpg", pictures.jpeg_with_comments(BOMB_BYTES)),
        _bomb(world, "JPEG, EXIF segments", "segments.jpg", pictures.jpeg_with_exif(BOMB_BYTES)),
    ]
    return all(is_refused for is_refused, _ in outcomes), "; ".join(note for _, note in outcomes)


def a_picture_of_a_huge_size_burns_no_memory(world):
    return _bomb(world, "PNG, 400 megapixels", "huge.png", pictures.png_of_a_huge_size())


def every_list_is_paged(world):
    school, owner = world.school, world.owner
    lists = {
        "reconciliation": f"/v1/picture-days/{school.day}/reconciliation",
        "galleries": f"/v1/galleries?picture_day={school.day}",
        "camera cards": f"/v1/picture-days/{school.day}/camera-cards",
        "photos": f"/v1/picture-days/{school.day}/photos",
        "students": f"/v1/schools/{school.id}/students",
    }
    unpaged, began = [], time.time()
    for name, path in lists.items():
        mark = "&" if "?" in path else "?"
        page = owner.get(f"{path}{mark}limit=1", Accept="application/json")
        body = page.body or {}
        rows = [value for value in body.values() if isinstance(value, list)]
        longest = max(map(len, rows), default=0)
        if page.status != 200 or longest > 1:
            unpaged.append(f"{name}: {page.status}, {longest} rows")
    return not unpaged, f"{len(lists)} lists in {time.time() - began:.1f} s, not paged: {unpaged}"


ATTACKS = [
    an_upload_takes_no_unsigned_header,
    an_upload_takes_no_other_bytes,
    a_wrong_length_spoils_no_photo,
    a_file_of_metadata_burns_no_memory,
    a_picture_of_a_huge_size_burns_no_memory,
    every_list_is_paged,
]
