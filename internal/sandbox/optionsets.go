package sandbox

// optionSet returns an option list that several definitions share, in the form
// parseOptions reads.
func optionSet(name string) string {
	switch name {
	case "lifecycle":
		return "subscriber=Subscriber;lead=Lead;marketingqualifiedlead=Marketing Qualified Lead;" +
			"salesqualifiedlead=Sales Qualified Lead;opportunity=Opportunity;customer=Customer;evangelist=Evangelist;other=Other"
	case "currencies":
		return "EUR=EUR (Euro);USD=USD (US Dollar);GBP=GBP (British Pound);CHF=CHF (Swiss Franc);JPY=JPY (Japanese Yen);" +
			"SEK=SEK (Swedish Krona);PLN=PLN (Polish Zloty);BRL=BRL (Brazilian Real);INR=INR (Indian Rupee);KRW=KRW (South Korean Won);VND=VND (Vietnamese Dong)"
	case "numemployees":
		return "1-5;5-25;25-50;50-100;100-500;500-1000;1000+"
	case "languages":
		return "ar=Arabic;cs=Czech;da=Danish;de=German;en=English;es=Spanish;fi=Finnish;fr=French;he=Hebrew;hi=Hindi;hu=Hungarian;it=Italian;" +
			"ja=Japanese;ko=Korean;nl=Dutch;no=Norwegian;pl=Polish;pt=Portuguese;ro=Romanian;ru=Russian;sv=Swedish;th=Thai;tr=Turkish;uk=Ukrainian;vi=Vietnamese;zh=Chinese"
	case "timezones":
		return "europe_slash_berlin=Europe/Berlin;europe_slash_london=Europe/London;europe_slash_warsaw=Europe/Warsaw;america_slash_new_york=America/New York;" +
			"america_slash_sao_paulo=America/Sao Paulo;asia_slash_tokyo=Asia/Tokyo;asia_slash_seoul=Asia/Seoul;asia_slash_shanghai=Asia/Shanghai;" +
			"asia_slash_ho_chi_minh=Asia/Ho Chi Minh;asia_slash_jerusalem=Asia/Jerusalem;asia_slash_dubai=Asia/Dubai"
	case "industries":
		return "ACCOUNTING=Accounting;AIRLINES_AVIATION=Airlines/Aviation;APPAREL_FASHION=Apparel & Fashion;AUTOMOTIVE=Automotive;BANKING=Banking;" +
			"BIOTECHNOLOGY=Biotechnology;BUILDING_MATERIALS=Building Materials;CHEMICALS=Chemicals;CIVIL_ENGINEERING=Civil Engineering;" +
			"COMPUTER_HARDWARE=Computer Hardware;COMPUTER_SOFTWARE=Computer Software;CONSTRUCTION=Construction;CONSUMER_GOODS=Consumer Goods;" +
			"DESIGN=Design;EDUCATION_MANAGEMENT=Education Management;ELECTRICAL_ELECTRONIC_MANUFACTURING=Electrical/Electronic Manufacturing;" +
			"ENTERTAINMENT=Entertainment;ENVIRONMENTAL_SERVICES=Environmental Services;FINANCIAL_SERVICES=Financial Services;FOOD_BEVERAGES=Food & Beverages;" +
			"GOVERNMENT_ADMINISTRATION=Government Administration;HOSPITAL_HEALTH_CARE=Hospital & Health Care;HOSPITALITY=Hospitality;" +
			"INFORMATION_TECHNOLOGY_AND_SERVICES=Information Technology and Services;INSURANCE=Insurance;LEGAL_SERVICES=Legal Services;" +
			"LOGISTICS_AND_SUPPLY_CHAIN=Logistics and Supply Chain;MACHINERY=Machinery;MANAGEMENT_CONSULTING=Management Consulting;" +
			"MARKETING_AND_ADVERTISING=Marketing and Advertising;MECHANICAL_OR_INDUSTRIAL_ENGINEERING=Mechanical or Industrial Engineering;" +
			"MEDICAL_DEVICES=Medical Devices;OIL_ENERGY=Oil & Energy;PHARMACEUTICALS=Pharmaceuticals;PRINTING=Printing;REAL_ESTATE=Real Estate;" +
			"RENEWABLES_ENVIRONMENT=Renewables & Environment;RETAIL=Retail;SHIPBUILDING=Shipbuilding;TELECOMMUNICATIONS=Telecommunications;" +
			"TEXTILES=Textiles;TRANSPORTATION_TRUCKING_RAILROAD=Transportation/Trucking/Railroad;UTILITIES=Utilities;WHOLESALE=Wholesale;WINE_AND_SPIRITS=Wine and Spirits"
	default:
		return ""
	}
}
