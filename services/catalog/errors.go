package catalog

import "stockroom/pkg/errs"

// The failures of this service. Invalid values are [errs.ErrValidation].
var (
	ErrProductNotFound = errs.New(errs.NotFound, "not_found", "Product not found")
	ErrSKUTaken        = errs.New(errs.Conflict, "sku_taken", "SKU already in use")
	ErrVersionConflict = errs.New(errs.Stale, "version_conflict", "Version conflict")
)

// SKUTaken returns the occurrence of [ErrSKUTaken] for one SKU, as stores
// answer it.
func SKUTaken(sku SKU) error {
	return ErrSKUTaken.
		Because("Another product has the SKU \"%s\".", string(sku)).
		At(errs.Field{Pointer: "/sku", Code: "taken", Detail: "Is in use by another product."})
}
