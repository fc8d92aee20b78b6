// Package users is the inside of the service that owns accounts: what an account
// is and which rules it obeys ([Account], [Change]), what can be done with
// accounts ([Service]), who may do it ([Permissions]) and what the service needs
// from the world ([Store], [Rights], [Passwords]).
//
// It imports the standard library and packages errs and fold only. The world is
// attached by the packages below adapters, and package usersd puts everything together.
package users
