// Package model checks the protocol.
package model
