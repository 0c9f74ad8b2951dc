// Holds the place until the target's tests land.
