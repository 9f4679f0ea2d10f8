//! The words of the header: what schools and their systems call things, in English and Spanish.

use super::RefusedColumnReason as Why;
use crate::roster::Field;

/// What the six fields are called, squeezed to small letters and digits, the surest name first.
///
/// Seen in the import pages of `GotPhoto`, `PhotoDay`, Pro Photo Systems, 5-Star and `OneRoster` 1.1, and in open code
/// (`SASID`, `LASID`, `MEPID`). `School ID` is the school's own number and not among them.
pub(super) const FIELDS: [(Field, &str); 6] = [
    (
        Field::GivenName,
        "givenname firstname studentfirstname studentgivenname legalfirstname namefirst first \
         given givennames forename forenames fname studentfirst preferredname \
         preferredfirstname nombre nombres primernombre nombredelestudiante nombredelalumno \
         nombreestudiante nombrealumno nombredepila",
    ),
    (
        Field::FamilyName,
        "familyname lastname studentlastname studentfamilyname legallastname surname namelast \
         last family lname studentlast apellido apellidos primerapellido apellidopaterno \
         apellidosdelestudiante apellidosdelalumno apellidodelestudiante apellidodelalumno \
         apellidosestudiante apellidosalumno",
    ),
    (
        Field::SchoolIssuedId,
        "schoolissuedid studentid studentnumber studentidnumber studentno studentnum \
         studentnbr pupilid pupilnumber localid localstudentid subjectid sisid lasid sasid \
         mepid stateid statestudentid idnumber identifier id iddelestudiante idestudiante \
         iddelalumno idalumno numerodeestudiante numerodelestudiante numerodealumno \
         numeroestudiante numeroalumno matricula numerodematricula expediente identificador \
         sourcedid",
    ),
    (
        Field::Grade,
        "grade gradelevel studentgrade currentgrade grades gr yearlevel yeargroup \
         schoolyeargroup grado gradoescolar nivel curso year",
    ),
    (
        Field::Class,
        "class classname homeroom homeroomname homeroomnumber hr group groupname section \
         classsection classroom form room roomnumber team clase grupo seccion aula salon \
         salondeclases",
    ),
    (
        Field::Teacher,
        "teacher teachername homeroomteacher homeroomteachername hrteacher classteacher \
         teacherlastname advisor adviser advisory instructor maestro maestra maestroa profesor \
         profesora nombredelmaestro nombredelprofesor docente",
    ),
];

/// Names of columns that are personal beyond need.
pub(super) struct Refused {
    pub(super) why: Why,
    /// Refuse a column wherever they stand in its squeezed name.
    pub(super) stems: &'static str,
    /// Refuse a column when they are one of its words or all of its name: `ssn` stands in `classname`, `age` in `page`.
    pub(super) words: &'static str,
}

/// The first that fits gives the reason.
pub(super) const REFUSED: [Refused; 12] = [
    Refused {
        why: Why::BirthDate,
        stems: "birth nacimiento nacido cumpleanos",
        words: "dob bday born age edad fechanac fnac",
    },
    Refused {
        why: Why::GovernmentNumber,
        stems: "socialsec socsec seguridadsocial segurosocial passport pasaporte taxid",
        words: "ssn ssno nss curp dni nie nif itin cedula",
    },
    Refused { why: Why::EmailAddress, stems: "email correo gmail", words: "mail emails" },
    Refused {
        why: Why::Address,
        stems: "address direccion domicilio postal zipcode postcode residen",
        words: "addr street city zip apt county calle ciudad colonia gps",
    },
    Refused {
        why: Why::Phone,
        stems: "phone telefono cellular",
        words: "tel cell mobile sms fax celular movil whatsapp",
    },
    Refused {
        why: Why::Health,
        stems: "medic allerg alergi disab discapac health immuniz vacun vaccin diagnos \
                specialed educacionespecial doctor physician",
        words: "iep sped salud condition conditions insurance",
    },
    Refused {
        why: Why::Gender,
        stems: "gender pronoun",
        words: "sex sexo genero pronombre pronombres",
    },
    Refused {
        why: Why::Origin,
        stems: "ethnic etnia etnic hispanic religio nationalit nacionalidad citizen ciudadania \
                immigra inmigra migrant",
        words: "race raza language languages idioma lengua tribe visa ell esl",
    },
    Refused {
        why: Why::Family,
        stems: "parent guardian emergenc custod sibling nextofkin",
        words: "mother father mom dad madre padre padres tutor tutora contact contacto \
                household buyer",
    },
    Refused {
        why: Why::Credential,
        stems: "password passcode contrasena username usuario",
        words: "pin login pwd clave userids",
    },
    Refused {
        why: Why::SchoolRecord,
        stems: "disciplin behavio attendance asistencia suspension transcript",
        words: "gpa score scores absences tardies incident incidents iq",
    },
    Refused {
        why: Why::Money,
        stems: "lunch reducedmeal income ingreso almuerzo",
        words: "frl frpl meal meals balance fees tuition",
    },
];
