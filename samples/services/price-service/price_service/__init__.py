"""What a ride costs now: a trained model, and the demand that the mart soda_store counts."""
