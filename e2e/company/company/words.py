"""Names and sentences, Korean and English, as they stand side by side in a Korean company's tables."""

DISTRICTS = (
    ("강남구", "Gangnam", 37.4979, 127.0276), ("마포구", "Mapo", 37.5663, 126.9019), ("성동구", "Seongdong", 37.5634, 127.0369),
    ("송파구", "Songpa", 37.5145, 127.1066), ("영등포구", "Yeongdeungpo", 37.5264, 126.8963), ("종로구", "Jongno", 37.5735, 126.9790),
    ("용산구", "Yongsan", 37.5326, 126.9905), ("관악구", "Gwanak", 37.4784, 126.9516), ("분당구", "Bundang", 37.3827, 127.1189),
    ("해운대구", "Haeundae", 35.1631, 129.1636), ("수성구", "Suseong", 35.8582, 128.6306), ("제주시", "Jeju", 33.4996, 126.5312),
)
PLACES = (
    ("역 1번 출구", "Station Exit 1"), ("공영주차장", "Public Parking"), ("시장 앞", "Market Front"), ("도서관", "Library"),
    ("병원 주차타워", "Hospital Tower"), ("아파트 정문", "Apartment Gate"), ("대학교 후문", "University Back Gate"), ("공항 P3", "Airport P3"),
)
ZONE_KINDS = ("STREET", "PARKING_LOT", "STATION", "APARTMENT", "AIRPORT")
AMENITIES = ("{}", "{ev_charger}", "{roof}", "{ev_charger,roof}", "{roof,cctv,24h}", "{cctv}", "{ev_charger,cctv,\"wheel chair\"}", "{장애인 주차}")

MODELS = (  # name, fuel, seats, won per hour
    ("기아 레이", "GASOLINE", 5, 6200), ("현대 캐스퍼", "GASOLINE", 4, 6500), ("현대 아반떼", "GASOLINE", 5, 7300),
    ("기아 K3", "GASOLINE", 5, 7200), ("현대 코나 EV", "ELECTRIC", 5, 8900), ("기아 EV6", "ELECTRIC", 5, 11800),
    ("현대 아이오닉 5", "ELECTRIC", 5, 11500), ("기아 니로", "HYBRID", 5, 8400), ("현대 쏘나타", "HYBRID", 5, 9700),
    ("기아 카니발", "DIESEL", 9, 14200), ("BMW i4", "ELECTRIC", 5, 21000), ("MINI Cooper", "GASOLINE", 4, 15500),
)
FEATURES = ("{}", "{carplay}", "{carplay,blackbox}", "{blackbox,\"roof rack\"}", "{carplay,blackbox,카시트}", "{heated_seats}")
PLATE_LETTERS = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주하허호"

SURNAMES = ("김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신", "권", "황")
GIVEN = ("민준", "서연", "도윤", "지우", "하은", "시우", "수아", "주원", "지민", "예준", "윤서", "은우", "채원", "현우", "다은", "준서")
ROMAN = ("minjun", "seoyeon", "doyun", "jiwoo", "haeun", "siwoo", "sua", "juwon", "jimin", "yejun", "yunseo", "eunwoo", "chaewon", "hyunwoo", "daeun", "junseo")
FOREIGN = ("Alex Kim", "Maria O'Neill", "Nguyễn Văn An", "Jürgen Groß", "佐藤 健", "Olga Иванова", "Zoë Brandt", "Sam “Sammy” Lee")
MAILS = ("example.com", "example.net", "mail.example.org", "example.co.kr")
GRADES = ("BASIC",) * 10 + ("SILVER",) * 4 + ("GOLD", "VIP")

MEMOS = (
    "아기 카시트 부탁드립니다", "늦을 수 있어요 🙏", "please leave the key in the box", "트렁크에 짐이 많아요", "Airport pickup, flight KE082",
    "세차 후 반납했습니다", r"two lines:\nsecond line", r"tab\there", r"C:\\Users\\rental", "quote \" and ' inside", "반려동물 동반 (소형견)",
)
OPTIONS = ("{}", "{}", "{}", "{}", "{insurance_full}", "{insurance_basic}", "{insurance_full,child_seat}", "{\"snow chains\"}")
CHANNELS = ("APP_IOS",) * 7 + ("APP_ANDROID",) * 6 + ("WEB", "WEB", "CALL")

METHODS = ("CARD",) * 8 + ("KAKAO_PAY",) * 4 + ("NAVER_PAY",) * 2 + ("POINT", "CORPORATE")
FLAGS = ("",) * 10 + ("RECEIPT", "RECEIPT", "RECEIPT,TAX_INVOICE", "TAX_INVOICE", "DISPUTED", "RECEIPT,MANUAL")
COUPON_NAMES = ("첫 이용 할인", "Weekend 20%", "생일 축하 쿠폰", "친구 초대", "Spring Sale 봄맞이", "무료 2시간")
WEEKDAYS = ("", "MON,TUE,WED,THU", "SAT,SUN", "FRI,SAT,SUN", "MON,TUE,WED,THU,FRI,SAT,SUN")
