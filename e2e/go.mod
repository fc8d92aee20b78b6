module stockroom/e2e

go 1.26.0

require (
	stockroom/gateway v0.0.0
	stockroom/pkg v0.0.0
	stockroom/services/auth v0.0.0
	stockroom/services/catalog v0.0.0
	stockroom/services/users v0.0.0
)

replace (
	stockroom/gateway => ../gateway
	stockroom/pkg => ../pkg
	stockroom/services/auth => ../services/auth
	stockroom/services/catalog => ../services/catalog
	stockroom/services/users => ../services/users
)
