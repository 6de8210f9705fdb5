package sandbox

// cultureList is where made-up contacts come from: four lines each, the first
// with language, country, city, phone prefix, currency and weight, then first
// names, last names and trades. Names stand as native=ascii, or as one word
// when both are the same; _ is a space inside a name. All people are made up.
const cultureList = `
de|Germany|München|+49 89|EUR|14
Jürgen=juergen Anneliese Günther=guenther Käthe=kaethe Lukas Sophie Björn=bjoern Franziska Maximilian Zoë=zoe Heinrich Antje
Müller=mueller Schäfer=schaefer Weiß=weiss Großmann=grossmann Köhler=koehler von_der_Heide=vonderheide Schröder=schroeder Bauer Fischer Yıldız=yildiz
Maschinenbau Logistik Werkzeug Feinmechanik Anlagentechnik
en|United Kingdom|Manchester|+44 161|GBP|14
Olivia George Harriet Jack Siobhán=siobhan Arthur Imogen Callum Niamh Oscar Beatrice Rhys
Smith O'Brien=obrien Fitzgerald Cholmondeley MacDonald Taylor-Jones=taylorjones Okafor Whitaker Patel Llewellyn
Holdings Systems Foundry Analytics Supplies
en|United States|Columbus|+1 614|USD|14
Ashley Marcus Brooke Tyrone Madison DeShawn Caroline Walter Jo Hannah Elijah Savannah
Johnson Ramirez Washington Kowalczyk Nguyen Brown Van_Buren=vanburen Hernandez Goldberg Lee
Industries Hardware Labs Robotics Networks
fr|France|Besançon|+33 3 81|EUR|9
Élodie=elodie François=francois Chloé=chloe Jérôme=jerome Anaïs=anais Théo=theo Maëlle=maelle Noël=noel Agnès=agnes Loïc=loic
Lefèvre=lefevre D'Aubigné=daubigne Béranger=beranger Côté=cote Garçon=garcon Moreau Dupré=dupre L'Hôpital=lhopital Petit
Horlogerie Transports Énergies Conseil Matériaux
es|Spain|A Coruña|+34 981|EUR|7
José=jose María=maria Íñigo=inigo Begoña=begona Ángel=angel Núria=nuria Joaquín=joaquin Lucía=lucia
Muñoz=munoz Ibáñez=ibanez García_Márquez=garciamarquez Peña=pena Núñez=nunez Etxeberria Domínguez=dominguez
Construcciones Alimentación Ingeniería Distribución
pl|Poland|Łódź|+48 42|PLN|6
Łukasz=lukasz Małgorzata=malgorzata Żaneta=zaneta Wojciech Świętosława=swietoslawa Krzysztof Agnieszka
Wiśniewski=wisniewski Dąbrowska=dabrowska Błaszczykowski=blaszczykowski Źrebiec=zrebiec Kowalska Szczęsny=szczesny
Hurtownia Przemysł Budownictwo Usługi
sv|Sweden|Malmö|+46 40|SEK|4
Åsa=asa Björn=bjorn Märta=marta Östen=osten Linnéa=linnea Gösta=gosta
Åkesson=akesson Sjöström=sjostrom Öberg=oberg Lindqvist Hägglund=hagglund
Verkstad Skog Teknik
tr|Türkiye|İzmir|+90 232|EUR|3
İbrahim=ibrahim Gülşen=gulsen Çağla=cagla Ömer=omer Işıl=isil
Yılmaz=yilmaz Öztürk=ozturk Çelik=celik Şahin=sahin Kılıç=kilic
Tekstil Gıda Makina
ru|Kazakhstan|Алматы|+7 727|USD|4
Алексей=aleksei Екатерина=ekaterina Дмитрий=dmitrii Ольга=olga Фёдор=fedor Ксения=kseniia
Иванов=ivanov Щербакова=shcherbakova Жуков=zhukov Соловьёва=soloveva Цой=tsoi
Машзавод Транссервис Агропром
uk|Ukraine|Київ|+380 44|EUR|3
Оксана=oksana Юрій=yurii Їжак=yizhak Ганна=hanna Єва=yeva
Шевченко=shevchenko Ґудзь=gudz Кравчук=kravchuk Ющенко=yushchenko
Енергобуд Логістика
ja|Japan|東京|+81 3|JPY|5
翔太=shota 美咲=misaki 健一=kenichi さくら=sakura 大輔=daisuke 陽子=yoko
佐藤=sato 鈴木=suzuki 髙橋=takahashi 渡邉=watanabe 伊藤=ito
精密工業 商事 製作所
zh|China|上海|+86 21|USD|5
伟=wei 秀英=xiuying 芳=fang 建国=jianguo 晓明=xiaoming 丽=li
王=wang 李=li 张=zhang 欧阳=ouyang 陈=chen 𠮷田=jitian
科技有限公司 贸易公司 机械厂
ko|South Korea|서울|+82 2|KRW|4
민준=minjun 서연=seoyeon 지훈=jihun 하은=haeun 도윤=doyun
김=kim 이=lee 박=park 최=choi 남궁=namgung
전자 중공업 물산
vi|Vietnam|Thành phố Hồ Chí Minh|+84 28|VND|4
Nguyệt=nguyet Đức=duc Phương=phuong Trường=truong Hằng=hang Quỳnh=quynh
Nguyễn=nguyen Trần=tran Phạm=pham Đặng=dang Huỳnh=huynh Võ=vo
Thương_mại Xây_dựng
ar|United Arab Emirates|دبي|+971 4|USD|3
محمد=mohammed فاطمة=fatima عبد_الرحمن=abdulrahman ليلى=layla يوسف=yousef
الحسيني=alhusseini بن_سعيد=binsaid المنصوري=almansoori خليل=khalil
للتجارة للمقاولات
he|Israel|תל אביב|+972 3|USD|2
נועה=noa איתן=eitan שירה=shira יונתן=yonatan
כהן=cohen לוי=levi מזרחי=mizrahi בן_דוד=bendavid
טכנולוגיות מערכות
hi|India|मुंबई|+91 22|INR|4
प्रिया=priya अर्जुन=arjun Lakshmi श्रेया=shreya Venkatanarasimharajuvaripeta
शर्मा=sharma Krishnamurthy पटेल=patel Iyer Balasubramaniam
Textiles Infotech
pt|Brazil|São Paulo|+55 11|BRL|4
João=joao Conceição=conceicao Luís=luis Antônia=antonia Maitê=maite
Gonçalves=goncalves São_Pedro=saopedro Magalhães=magalhaes Araújo=araujo
Comércio Construções
th|Thailand|กรุงเทพ|+66 2|USD|1
สมชาย=somchai กัญญา=kanya ธนพล=thanapon
แสงสว่าง=saengsawang วงศ์สุวรรณ=wongsuwan
การค้า
`
