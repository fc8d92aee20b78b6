package catalog

// The kinds of commits, as the log and those who follow it know them.
const (
	KindCreated = "product.created"
	KindUpdated = "product.updated"
	KindDeleted = "product.deleted"
)
