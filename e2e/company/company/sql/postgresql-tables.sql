DROP SCHEMA IF EXISTS rental CASCADE;
DROP SCHEMA IF EXISTS company CASCADE;

CREATE SCHEMA company;
COMMENT ON SCHEMA company IS 'What the generator knows about itself; no part of the company''s data';
CREATE TABLE company.calendar (edition text NOT NULL, seed bigint NOT NULL, scale numeric NOT NULL, day int NOT NULL);
COMMENT ON TABLE company.calendar IS 'One row once the data is complete; day is advanced by next-day';
CREATE TABLE company.deletions (table_name text NOT NULL, key text NOT NULL, day int NOT NULL);
COMMENT ON TABLE company.deletions IS 'Rows deleted by next-day: a target loaded by cursor keeps them';

CREATE SCHEMA rental;
CREATE TYPE rental.zone_kind AS ENUM ('STREET', 'PARKING_LOT', 'STATION', 'APARTMENT', 'AIRPORT');
CREATE TYPE rental.fuel AS ENUM ('GASOLINE', 'DIESEL', 'HYBRID', 'ELECTRIC');
CREATE TYPE rental.grade AS ENUM ('BASIC', 'SILVER', 'GOLD', 'VIP');
CREATE TYPE rental.reservation_status AS ENUM ('DRAFT', 'BOOKED', 'IN_USE', 'RETURNED', 'CANCELLED');
CREATE TYPE rental.channel AS ENUM ('APP_IOS', 'APP_ANDROID', 'WEB', 'CALL');

CREATE TABLE rental.zones (
  id          bigint PRIMARY KEY,
  code        varchar(16) NOT NULL,
  name_ko     text NOT NULL,
  name_en     text,
  kind        rental.zone_kind NOT NULL,
  latitude    double precision NOT NULL,
  longitude   double precision NOT NULL,
  capacity    smallint NOT NULL,
  opens_at    time,
  closes_at   time,
  is_open     boolean NOT NULL,
  amenities   text[] NOT NULL,
  opened_on   date NOT NULL,
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL
);

CREATE TABLE rental.cars (
  id                 bigint PRIMARY KEY,
  plate              varchar(16) NOT NULL,
  vin                char(17) NOT NULL,
  zone_id            bigint NOT NULL,
  model              text NOT NULL,
  fuel               rental.fuel NOT NULL,
  model_year         smallint NOT NULL,
  seats              smallint NOT NULL,
  odometer_km        integer NOT NULL,
  battery_percent    double precision,
  hourly_rate        numeric(12,2) NOT NULL,
  features           text[] NOT NULL,
  is_active          boolean NOT NULL,
  last_inspected_on  date,
  telematics_key     bytea NOT NULL,
  registered_at      timestamp NOT NULL,
  created_at         timestamptz NOT NULL,
  updated_at         timestamptz NOT NULL
);

CREATE TABLE rental.members (
  id                   uuid PRIMARY KEY,
  member_no            bigint NOT NULL,
  name                 text NOT NULL,
  email                text NOT NULL,
  phone                text,
  birth_date           date,
  grade                rental.grade NOT NULL,
  home_zone_id         bigint,
  marketing_consent    boolean,
  license_verified_at  timestamptz,
  password_hash        bytea NOT NULL,
  rating               double precision,
  deposit              numeric(12,2) NOT NULL,
  joined_at            timestamp NOT NULL,
  created_at           timestamptz NOT NULL,
  updated_at           timestamptz NOT NULL
);

CREATE TABLE rental.reservations (
  id              bigint PRIMARY KEY,
  public_id       uuid NOT NULL,
  member_id       uuid NOT NULL,
  car_id          bigint NOT NULL,
  pickup_zone_id  bigint NOT NULL,
  return_zone_id  bigint,
  status          rental.reservation_status NOT NULL,
  channel         rental.channel NOT NULL,
  is_one_way      boolean NOT NULL,
  pickup_at       timestamptz NOT NULL,
  return_due_at   timestamptz NOT NULL,
  returned_at     timestamptz,
  pickup_time     time NOT NULL,
  distance_km     double precision,
  fare            numeric(12,2) NOT NULL,
  discount        numeric(12,2),
  options         text[] NOT NULL,
  memo            text,
  created_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL
);
