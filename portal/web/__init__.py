"""HTTP by audience: a view finds, validates, calls one action and renders. No audience knows another."""
