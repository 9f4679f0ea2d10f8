//! The names of columns that schools and their systems use, in many languages.

use super::RefusedColumnReason as Why;
use crate::roster::Field;

/// The names of the six fields, in the form of `squeeze`, the most certain name first.
///
/// Seen in the import pages of `GotPhoto`, `PhotoDay`, Pro Photo Systems, 5-Star and `OneRoster` 1.1, and in open code
/// (`SASID`, `LASID`, `MEPID`). `School ID` is not in the list, because it is the school's own number.
pub(super) const FIELDS: [(Field, &str); 6] = [
    (
        Field::GivenName,
        "studentfirstname studentgivenname studentfirst studentsfirstname pupilfirstname \
         givenname firstname legalfirstname namefirst first given givennames forename forenames fname preferredname \
         preferredfirstname nombre nombres primernombre nombredelestudiante nombredelalumno \
         nombreestudiante nombrealumno nombredepila \
         vorname vornamen rufname prenom prenoms prenomusuel nomeproprio primeironome imie \
         jmeno keresztnev utonev fornavn fornamn voornaam roepnaam prenume имя 名",
    ),
    (
        Field::FamilyName,
        "studentlastname studentfamilyname studentlast studentsurname studentslastname \
         pupillastname familyname lastname legallastname surname namelast \
         last family lname apellido apellidos primerapellido apellidopaterno \
         apellidosdelestudiante apellidosdelalumno apellidodelestudiante apellidodelalumno \
         apellidosestudiante apellidosalumno \
         nachname familienname zuname nomdefamille nomfamille nomdusage cognome sobrenome \
         apelido apelidos nomedefamilia achternaam familienaam etternavn efternavn efternamn \
         nazwisko prijmeni vezeteknev csaladinev фамилия 姓",
    ),
    (
        Field::SchoolIssuedId,
        "schoolissuedid studentid studentnumber studentidnumber studentno studentnum \
         studentnbr pupilid pupilnumber localid localstudentid subjectid sisid lasid sasid \
         mepid stateid statestudentid idnumber identifier id iddelestudiante idestudiante \
         iddelalumno idalumno numerodeestudiante numerodelestudiante numerodealumno \
         numeroestudiante numeroalumno matricula numerodematricula expediente identificador \
         codigodealumno codigoalumno codigodelestudiante schulernummer schulerid \
         matrikelnummer numeroeleve numeroetudiant identifiant matricola numerodoaluno \
         numerodealuno leerlingnummer sourcedid",
    ),
    (
        Field::Grade,
        "grade gradelevel studentgrade currentgrade grades gr yearlevel yeargroup \
         schoolyeargroup grado gradoescolar nivel curso year klassenstufe jahrgang \
         jahrgangsstufe stufe niveau niveauscolaire ano anoescolar serie annocorso leerjaar",
    ),
    (
        Field::Class,
        "class classname homeroom homeroomname homeroomnumber hr group groupname section \
         classsection classroom form room roomnumber team clase grupo seccion aula salon \
         salondeclases klasse klas classe turma sezione gruppe groupe stammgruppe klassenname",
    ),
    (
        Field::Teacher,
        "teacher teachername homeroomteacher homeroomteachername hrteacher classteacher \
         teacherlastname advisor adviser advisory instructor maestro maestra maestroa profesor \
         profesora nombredelmaestro nombredelprofesor docente lehrer lehrerin \
         lehrkraft klassenlehrer klassenlehrerin klassenleitung enseignant enseignante \
         professeur professeurprincipal professore professor professora insegnante \
         leerkracht",
    ),
];

/// Headers that mean half a name next to the other half, and a whole name alone.
pub(super) const HALF_NAMES: &str = "name nom nome nume";

/// Headers of a column with the whole name, family name first.
pub(super) const LAST_FIRST: &str = "lastfirst lastnamefirstname lastnamefirst namelastfirst studentnamelastfirst lastfirstname \
     surnamefirstname familynamegivenname apellidosynombre apellidosynombres apellidosnombre \
     apellidosnombres apellidoynombre nachnamevorname namevorname nomprenom nometprenom \
     cognomenome cognomeenome lastfirstmiddle namelastfirstmiddle studentlastfirst \
     studentnamelastfirstmiddle lastnamefirstnamemiddle lastnamefirstnamemi";

/// Headers of a column with the whole name, given name first.
pub(super) const FIRST_LAST: &str = "firstlast firstnamelastname namefirstlast studentnamefirstlast givennamefamilyname \
     vornamenachname vornamename prenomnom prenometnom nombreyapellidos nombresyapellidos \
     nombreapellidos nombreyapellido nomeecognome nomecognome nomeesobrenome";

/// Headers of a column with the whole name in an unknown order.
pub(super) const FULL_NAMES: &str = "studentname studentfullname pupilname fullname name studentnames student students pupil \
     displayname legalname childname childsname nombrecompleto nombredelalumnoa alumno alumna \
     alumnoa estudiante nombreyapellidosdelalumno schulername schuler schulerin nomcomplet eleve \
     nomeleve nomdeleleve nom nome nomecompleto aluno alunno namedesschulers naam";

/// Headers of a column with a person's role at the school.
pub(super) const ROLES: &str =
    "role roles userrole primaryrole persontype usertype membertype rolle rol ruolo papel funcion";

/// Headers of a column with a record's status.
pub(super) const STATUSES: &str = "status enrollmentstatus enrolmentstatus studentstatus recordstatus enrollstatus estado \
     situacion estatus statut stato";

/// Returns whether a header says that the column is about the student.
pub(super) fn says_student(squeezed: &str) -> bool {
    const STUDENTS: [&str; 10] = [
        "student",
        "pupil",
        "child",
        "learner",
        "alumn",
        "estudiante",
        "schuler",
        "eleve",
        "aluno",
        "leerling",
    ];
    STUDENTS.iter().any(|word| squeezed.contains(word))
}

/// Header words of columns with unneeded personal data.
pub(super) struct Refused {
    pub(super) why: Why,
    /// Refuse a column when one of them is anywhere in its squeezed name.
    pub(super) stems: &'static str,
    /// Refuse a column when one of them is a word of its name, or the whole name.
    ///
    /// They cannot be stems: `ssn` is in `classname`, `age` in `page`.
    pub(super) words: &'static str,
}

/// The first entry that matches gives the reason.
pub(super) const REFUSED: [Refused; 12] = [
    Refused {
        why: Why::BirthDate,
        stems: "birth nacimiento nacido cumpleanos geburt naissance nascimento nascita",
        words: "dob bday born age edad fechanac fnac",
    },
    Refused {
        why: Why::GovernmentNumber,
        stems: "socialsec socsec seguridadsocial segurosocial passport pasaporte taxid",
        words: "ssn ssno nss curp dni nie nif itin cedula",
    },
    Refused { why: Why::EmailAddress, stems: "email correo gmail courriel", words: "mail emails" },
    Refused {
        why: Why::Address,
        stems: "address direccion domicilio postal zipcode postcode residen strasse adresse indirizzo \
                endereco",
        words: "addr street city zip apt county calle ciudad colonia gps plz wohnort ort rue ville",
    },
    Refused {
        why: Why::Phone,
        stems: "phone telefon cellular",
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
        stems: "gender pronoun geschlecht",
        words: "sex sexe sexo sesso genero pronombre pronombres",
    },
    Refused {
        why: Why::Origin,
        stems: "ethnic etnia etnic hispanic religio nationalit nacionalidad citizen ciudadania \
                immigra inmigra migrant staatsang konfession muttersprache nationalite",
        words: "race raza language languages idioma lengua tribe visa ell esl",
    },
    Refused {
        why: Why::Family,
        stems: "parent guardian emergenc custod sibling nextofkin",
        words: "mother father mom dad madre padre padres tutor tutora contact contacto contacts \
                household buyer relationship eltern mutter vater erziehungsberechtigte mere pere \
                responsable pai mae madri kontakt",
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
