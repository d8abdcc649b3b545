-- No AUTO_INCREMENT: the company draws its ids elsewhere, and LOAD DATA would hold the lock of the counter to its end,
-- so that only one process could load a table at a time.
DROP TABLE IF EXISTS company_calendar, payments, coupons;

CREATE TABLE company_calendar (edition varchar(64) NOT NULL, seed bigint NOT NULL, scale decimal(12,6) NOT NULL, day int NOT NULL)
  COMMENT 'What the generator knows about itself: one row once the data is complete';

CREATE TABLE coupons (
  id          bigint unsigned NOT NULL PRIMARY KEY,
  code        varchar(20) NOT NULL,
  name        varchar(100) NOT NULL,
  member_id   char(36) CHARACTER SET ascii NOT NULL,
  kind        enum('PERCENT','FIXED','FREE_HOURS') NOT NULL,
  value       decimal(12,2) NOT NULL,
  min_rating  double,
  weekdays    set('MON','TUE','WED','THU','FRI','SAT','SUN') NOT NULL,
  is_active   tinyint(1) NOT NULL,
  valid_from  date NOT NULL,
  valid_until date,
  issued_at   datetime(6) NOT NULL,
  used_at     datetime(6),
  expired_at  timestamp NULL,
  updated_at  timestamp(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='쿠폰: one row per issued coupon';

CREATE TABLE payments (
  id                 bigint unsigned NOT NULL PRIMARY KEY,
  payment_key        binary(16) NOT NULL,
  reservation_id     bigint unsigned NOT NULL,
  member_id          char(36) CHARACTER SET ascii NOT NULL,
  coupon_id          bigint unsigned,
  method             enum('CARD','KAKAO_PAY','NAVER_PAY','POINT','CORPORATE') NOT NULL,
  status             enum('PAID','FAILED','REFUNDED') NOT NULL,
  amount             decimal(12,2) NOT NULL,
  refunded_amount    decimal(12,2),
  installment_months tinyint unsigned NOT NULL,
  is_business        tinyint(1) NOT NULL,
  flags              set('RECEIPT','TAX_INVOICE','DISPUTED','MANUAL') NOT NULL,
  paid_at            datetime(6) NOT NULL,
  settled_on         date,
  memo               varchar(200),
  created_at         timestamp NOT NULL,
  updated_at         timestamp(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='결제: one row per payment of a reservation';
