package httpapi

import (
	"stockroom/pkg/web"
	"stockroom/services/catalog"
)

// The operations, as the OpenAPI document calls them.
const (
	opList   = "listProducts"
	opSearch = "searchProducts"
	opGet    = "getProduct"
	opCreate = "createProduct"
	opUpdate = "updateProduct"
	opDelete = "deleteProduct"
)

// access says who may call what. An operation without a row cannot be mounted.
var access = map[string]web.Access{
	opList:   web.Anyone,
	opSearch: web.Anyone,
	opGet:    web.Anyone,
	opCreate: web.Permit(catalog.PermitWriteProducts),
	opUpdate: web.Permit(catalog.PermitWriteProducts),
	opDelete: web.Permit(catalog.PermitWriteProducts),
}
