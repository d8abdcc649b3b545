CREATE UNIQUE INDEX zones_code ON rental.zones (code);
CREATE UNIQUE INDEX cars_plate ON rental.cars (plate);
CREATE UNIQUE INDEX members_member_no ON rental.members (member_no);
CREATE INDEX zones_updated_at ON rental.zones (updated_at);
CREATE INDEX cars_updated_at ON rental.cars (updated_at);
CREATE INDEX members_updated_at ON rental.members (updated_at);
CREATE INDEX reservations_updated_at ON rental.reservations (updated_at);
CREATE INDEX reservations_car_pickup ON rental.reservations (car_id, pickup_at);

ALTER TABLE rental.cars ADD FOREIGN KEY (zone_id) REFERENCES rental.zones;
ALTER TABLE rental.members ADD FOREIGN KEY (home_zone_id) REFERENCES rental.zones;
ALTER TABLE rental.reservations
  ADD FOREIGN KEY (member_id) REFERENCES rental.members,
  ADD FOREIGN KEY (car_id) REFERENCES rental.cars,
  ADD FOREIGN KEY (pickup_zone_id) REFERENCES rental.zones,
  ADD FOREIGN KEY (return_zone_id) REFERENCES rental.zones;

COMMENT ON TABLE rental.zones IS '존: 차를 빌리고 돌려주는 곳 (where cars are picked up and returned)';
COMMENT ON TABLE rental.cars IS '차량: one row per car of the fleet';
COMMENT ON TABLE rental.members IS '회원: one row per member; contains personal data';
COMMENT ON TABLE rental.reservations IS '예약: one row per booking, updated through its life';

DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'naru_reader') THEN
    GRANT USAGE ON SCHEMA rental TO naru_reader;
    GRANT SELECT ON ALL TABLES IN SCHEMA rental TO naru_reader;
  END IF;
END $$;
