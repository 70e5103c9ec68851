"""Pitches as agencies write them, three in each of 22 languages: the measure for portal/languages.py."""

TEXTS: dict[str, tuple[str, str, str]] = {
    "en": (
        (
            "Survey: why 1,200 people mute brands on purpose. The question your readers ask most, put to "
            "people in four countries, with the questionnaire and the results that went badly, too."
        ),
        ("A breakfast on consent in Lisbon. Five newsletters show the numbers that they normally keep to themselves."),
        "Our open-source tool counts how long a form takes. We would like you to try it on your own page.",
    ),
    "de": (
        (
            "Umfrage: Warum 1.200 Menschen Marken stumm schalten. Wir haben in vier Ländern gefragt und "
            "legen auch die Ergebnisse offen, die uns nicht gefallen haben."
        ),
        ("Ein Frühstück zum Thema Einwilligung in Berlin. Fünf Newsletter zeigen Zahlen, die sonst niemand sieht."),
        ("Unser freies Werkzeug misst, wie lange ein Formular dauert. Möchten Sie es auf Ihrer Seite ausprobieren?"),
    ),
    "fr": (
        (
            "Enquête : pourquoi 1 200 personnes masquent les marques. La question que vos lecteurs posent le"
            " plus, dans quatre pays, avec le questionnaire et les résultats décevants."
        ),
        ("Un petit-déjeuner sur le consentement à Lyon. Cinq lettres d’information montrent leurs vrais chiffres."),
        "Notre outil libre mesure le temps qu’il faut pour remplir un formulaire. Voulez-vous l’essayer ?",
    ),
    "es": (
        (
            "Encuesta: por qué 1.200 personas silencian a las marcas. La pregunta que más hacen sus "
            "lectores, en cuatro países, con el cuestionario y también los resultados malos."
        ),
        ("Un desayuno sobre el consentimiento en Sevilla. Cinco boletines enseñan las cifras que suelen callar."),
        "Nuestra herramienta libre mide cuánto se tarda en rellenar un formulario. ¿Le gustaría probarla?",
    ),
    "pt": (
        (
            "Inquérito: porque é que 1200 pessoas silenciam as marcas. A pergunta que os seus leitores mais "
            "fazem, em quatro países, com o questionário e também os resultados maus."
        ),
        (
            "Um pequeno-almoço sobre consentimento em Lisboa. Cinco boletins mostram os números que não "
            "costumam mostrar."
        ),
        "A nossa ferramenta livre mede quanto tempo demora um formulário. Gostaria de a experimentar?",
    ),
    "it": (
        (
            "Sondaggio: perché 1.200 persone silenziano i marchi. La domanda che i suoi lettori fanno più "
            "spesso, in quattro paesi, con il questionario e anche i risultati andati male."
        ),
        ("Una colazione sul consenso a Torino. Cinque newsletter mostrano i numeri che di solito tengono per sé."),
        "Il nostro strumento libero misura quanto tempo richiede un modulo. Le piacerebbe provarlo?",
    ),
    "nl": (
        (
            "Onderzoek: waarom 1.200 mensen merken dempen. De vraag die uw lezers het vaakst stellen, in "
            "vier landen, met de vragenlijst en ook de uitkomsten die tegenvielen."
        ),
        ("Een ontbijt over toestemming in Utrecht. Vijf nieuwsbrieven laten cijfers zien die ze anders niet tonen."),
        "Ons vrije gereedschap meet hoe lang een formulier duurt. Wilt u het op uw eigen pagina proberen?",
    ),
    "sv": (
        (
            "Undersökning: varför 1 200 personer tystar varumärken. Frågan som dina läsare ställer oftast, i"
            " fyra länder, med frågeformuläret och även resultaten som gick dåligt."
        ),
        ("En frukost om samtycke i Göteborg. Fem nyhetsbrev visar siffror som de annars håller för sig själva."),
        "Vårt fria verktyg mäter hur lång tid ett formulär tar. Vill du prova det på din egen sida?",
    ),
    "da": (
        (
            "Undersøgelse: hvorfor 1.200 mennesker slår brands fra. Spørgsmålet som dine læsere oftest "
            "stiller, i fire lande, med spørgeskemaet og også de resultater, der gik skidt."
        ),
        "En morgenmad om samtykke i Aarhus. Fem nyhedsbreve viser tal, som de ellers holder for sig selv.",
        "Vores frie værktøj måler, hvor lang tid en formular tager. Kunne du tænke dig at prøve det?",
    ),
    "fi": (
        (
            "Kysely: miksi 1 200 ihmistä mykistää brändejä. Kysymys, jonka lukijasi esittävät useimmin, "
            "neljässä maassa, kyselylomakkeen ja myös huonosti menneiden tulosten kanssa."
        ),
        ("Aamiainen suostumuksesta Tampereella. Viisi uutiskirjettä näyttää lukuja, joita ne eivät muuten näytä."),
        "Vapaa työkalumme mittaa, kuinka kauan lomakkeen täyttäminen kestää. Haluaisitko kokeilla sitä?",
    ),
    "pl": (
        (
            "Badanie: dlaczego 1200 osób wycisza marki. Pytanie, które Pani czytelnicy zadają najczęściej, w"
            " czterech krajach, z ankietą i także z wynikami, które wypadły źle."
        ),
        ("Śniadanie o zgodzie w Krakowie. Pięć newsletterów pokazuje liczby, które zwykle zachowuje dla siebie."),
        "Nasze wolne narzędzie mierzy, ile czasu zajmuje formularz. Czy chciałaby Pani je wypróbować?",
    ),
    "cs": (
        (
            "Průzkum: proč 1 200 lidí ztlumuje značky. Otázka, kterou vaši čtenáři kladou nejčastěji, ve "
            "čtyřech zemích, s dotazníkem a také s výsledky, které dopadly špatně."
        ),
        "Snídaně o souhlasu v Brně. Pět zpravodajů ukazuje čísla, která si obvykle nechávají pro sebe.",
        "Náš svobodný nástroj měří, jak dlouho trvá vyplnit formulář. Chtěla byste ho vyzkoušet?",
    ),
    "hu": (
        (
            "Felmérés: miért némít el 1200 ember márkákat. A kérdés, amelyet az olvasói a leggyakrabban "
            "feltesznek, négy országban, a kérdőívvel és a rosszul sikerült eredményekkel együtt."
        ),
        ("Reggeli a hozzájárulásról Pécsett. Öt hírlevél mutat olyan számokat, amelyeket máskor megtart magának."),
        "Szabad eszközünk azt méri, mennyi ideig tart egy űrlap. Szeretné kipróbálni a saját oldalán?",
    ),
    "ro": (
        (
            "Sondaj: de ce 1.200 de oameni ascund mărcile. Întrebarea pe care cititorii dumneavoastră o pun "
            "cel mai des, în patru țări, cu chestionarul și cu rezultatele care au ieșit prost."
        ),
        ("Un mic dejun despre consimțământ la Cluj. Cinci buletine arată cifrele pe care de obicei le țin pentru ele."),
        "Unealta noastră liberă măsoară cât durează un formular. Ați vrea să o încercați?",
    ),
    "tr": (
        (
            "Anket: 1.200 kişi neden markaları sessize alıyor. Okurlarınızın en çok sorduğu soru, dört "
            "ülkede, soru formu ve kötü çıkan sonuçlarla birlikte."
        ),
        ("İzmir'de onay üzerine bir kahvaltı. Beş bülten, normalde kendilerine sakladıkları sayıları gösteriyor."),
        "Özgür aracımız bir formun ne kadar sürdüğünü ölçüyor. Kendi sayfanızda denemek ister misiniz?",
    ),
    "ru": (
        (
            "Опрос: почему 1200 человек отключают бренды. Вопрос, который ваши читатели задают чаще всего, в"
            " четырёх странах, с анкетой и с результатами, которые нам не понравились."
        ),
        "Завтрак о согласии в Казани. Пять рассылок показывают цифры, которые обычно держат при себе.",
        "Наш свободный инструмент измеряет, сколько времени занимает форма. Хотите попробовать?",
    ),
    "uk": (
        (
            "Опитування: чому 1200 людей вимикають бренди. Питання, яке ваші читачі ставлять найчастіше, у "
            "чотирьох країнах, з анкетою і також із результатами, що нам не сподобалися."
        ),
        "Сніданок про згоду у Львові. П’ять розсилок показують цифри, які зазвичай тримають при собі.",
        "Наш вільний інструмент вимірює, скільки часу забирає форма. Чи хотіли б ви його спробувати?",
    ),
    "el": (
        (
            "Έρευνα: γιατί 1.200 άνθρωποι σιωπούν τις μάρκες. Η ερώτηση που κάνουν πιο συχνά οι αναγνώστες "
            "σας, σε τέσσερις χώρες, με το ερωτηματολόγιο και τα κακά αποτελέσματα."
        ),
        "Ένα πρωινό για τη συγκατάθεση στην Πάτρα. Πέντε ενημερωτικά δελτία δείχνουν τους αριθμούς τους.",
        "Το ελεύθερο εργαλείο μας μετρά πόση ώρα παίρνει μια φόρμα. Θα θέλατε να το δοκιμάσετε;",
    ),
    "ar": (
        (
            "استطلاع: لماذا يكتم 1200 شخص العلامات التجارية. السؤال الذي يطرحه قراؤك أكثر من غيره، في أربعة "
            "بلدان، مع الاستبيان والنتائج التي لم تعجبنا أيضا."
        ),
        "فطور عن الموافقة في تونس. خمس نشرات بريدية تعرض أرقاما لا تعرضها عادة على أحد.",
        "أداتنا الحرة تقيس كم من الوقت يستغرق ملء استمارة. هل تودين تجربتها على صفحتك؟",
    ),
    "he": (
        (
            "סקר: למה 1,200 אנשים משתיקים מותגים. השאלה שהקוראים שלך שואלים הכי הרבה, בארבע מדינות, עם "
            "השאלון וגם עם התוצאות שלא מצאו חן בעינינו."
        ),
        "ארוחת בוקר על הסכמה בחיפה. חמישה ניוזלטרים מראים מספרים שבדרך כלל הם שומרים לעצמם.",
        "הכלי החופשי שלנו מודד כמה זמן לוקח למלא טופס. האם תרצי לנסות אותו בדף שלך?",
    ),
    "ja": (
        "調査:なぜ1,200人がブランドをミュートするのか。読者から最も多く寄せられる質問を四か国で尋ねました。質問票も、うまくいかなかった結果も公開します。",
        "大阪で同意についての朝食会を開きます。五つのニュースレターが、普段は見せない数字を公開します。",
        "私たちの無料ツールは、フォームの入力にかかる時間を測ります。ご自分のページで試してみませんか。",
    ),
    "zh": (
        "调查:为什么一千二百人屏蔽品牌。这是您的读者最常问的问题,我们在四个国家做了调查,并公开问卷和不理想的结果。",
        "在上海举办一次关于同意的早餐会。五家通讯公开他们平时不公开的数字。",
        "我们的自由软件工具可以测量填写表格需要多长时间。您愿意在自己的页面上试用吗?",
    ),
}
