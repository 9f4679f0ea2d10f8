//! Names and header words with letters beyond ASCII. They are the strongest sign of the right encoding.

/// Lower-case words. Source: lists of common names of many countries, and headers of school systems.
pub(super) const KNOWN: &str = "
josé maría peña núñez nuñez muñoz garcía lópez pérez martínez rodríguez gonzález hernández sánchez ramírez gómez
díaz álvarez jiménez fernández gutiérrez ibáñez ordóñez yáñez zúñiga castañeda ángel andrés inés jesús sofía lucía
julián sebastián nicolás martín raúl óscar iván rubén tomás joaquín agustín adrián fabián germán hernán ramón rené
renée belén rocío concepción ramón iñigo begoña íñigo ñoño cañas acuña avendaño bolaños briceño carreño colón dávila
durán galán guzmán lázaro leiña marín mejía méndez meléndez millán mírez montaño ortíz páez patiño piñeiro quiñones
quiñónez quiñonez rincón ríos rondón saldaña solís tobón trujillo vásquez vázquez velázquez verónica víctor mónica
zoë chloë chloé noël noëlle joël raphaël michaël gaël maël maëlle anaïs loïc loïs éloïse héloïse françois françoise
andré andrée hélène hélena céline aurélie amélie valérie stéphanie stéphane jérôme jérémy rémi rémy sébastien
frédéric éric étienne élise élodie émilie émile zoé léa léo théo mathéo clément gisèle geneviève michèle thérèse
agnès désirée dorothée eugène grégoire hervé irène joséphine lætitia lætitia cœur lefèvre lefebvre bérénice béatrice
müller möller köhler schröder schäfer krüger jäger böhm günther günter jürgen jörg björn sören käthe bärbel weiß groß
schön kühn vögel grün löwe größe götz lübke röhm häuser rößler schmölz schüler übel özil öztürk özgür
joão josé antónio antônio luís inês conceição assunção sebastião simão estêvão magalhães guimarães simões araújo
gonçalo gonçalves fátima cândida mendonça ribeirão brandão falcão galvão leão mourão nádia paixão patrícia tânia
niccolò nicolò zoè cesarò
søren jørgen bjørn åse åsa håkon håkan kåre pål østergaard sørensen jørgensen mæland sæther næss ødegård åberg
sjöberg sjögren lindström bergström söderberg öberg björk anneli göran mårten malmström nyström þór guðmundsson
sigurðsson jón jóhann ólafur friðrik ægir
łukasz paweł michał stanisław małgorzata władysław rafał żaneta wałęsa kowalczyk dąbrowski wiśniewski zieliński
wójcik kamiński szymański woźniak kozłowski jabłoński piotrowski nowakowski michałowski łuczak żółć agnieszką
grażyna bożena jóźwiak sławomir mirosław jarosław bogusław zdzisław kołodziej
dvořák novák novotný černý procházka kučera veselý horák němec pokorný růžička jiří tomáš lukáš matěj ondřej štěpán
vojtěch zdeněk tereza kateřina barbora šárka růžena čapek řehoř šimon václav bohumír říha kříž žižka ján štefan
ľubomír ďuriš tóth kováč horváth kovács szabó nagy németh lászló jános józsef istván gábor zoltán péter tamás
györgy attila ferenc bálint ádám máté áron ákos éva katalin erzsébet ágnes zsófia győző jenő ernő dezső gergő
ștefan ştefan ionuț ionuţ răzvan mădălina cătălin cătălina bogdănescu țăran țepeș mihăilă stănescu constanța
željko šime đorđe đuro živko nikolić petrović jovanović marković popović ilić stanković čović kovačić babić
perić jurić novaković božić knežević šarić hadžić anđela siniša miloš dragiša žarko krešimir šefik matić
ayşe çelik şahin yıldız yılmaz kılıç ışık gökhan gülşen çağla çınar doğan erdoğan özdemir aydın şükrü ümit
jānis kārlis pēteris ieva bērziņš kalniņš ozoliņš liepiņš ģirts ķēniņš šķēle kristīne līga zane ēriks
žemaitė jonė gintarė rūta dalia kęstutis vytautė ąžuolas šarūnas
jüri jõgi pärn mägi tõnis õnne põld
nguyễn nguyên trần lê phạm huỳnh hoàng võ đặng bùi đỗ hồ ngô dương lý thị văn đức hùng dũng phương thảo hương
xuân tuấn minh quân hải tâm phúc
иван мария анна ольга елена наталья сергей андрей александр дмитрий алексей михаил николай владимир татьяна екатерина
иванов иванова петров петрова сидоров смирнов кузнецов попов шевченко коваленко бондаренко имя фамилия класс анастасия
юлия дарья полина софия максим артём егор илья олег павел виктор юрий
γιώργος μαρία ελένη δημήτρης κώστας παπαδόπουλος νίκος γιάννης όνομα επώνυμο σοφία αθηνά
prénom élève école número año grado matrícula dirección teléfono sección salón estudiante género schülernummer straße
numéro année niveau prénoms classe schüler příjmení jméno třída číslo imię série família nº série turma
";
