ALTER TABLE coupons
  ADD UNIQUE KEY coupons_code (code),
  ADD KEY coupons_updated_at (updated_at);
ALTER TABLE payments
  ADD KEY payments_updated_at (updated_at),
  ADD KEY payments_reservation (reservation_id),
  ADD KEY payments_coupon (coupon_id);
ALTER TABLE payments
  ADD CONSTRAINT payments_coupon FOREIGN KEY (coupon_id) REFERENCES coupons (id);
