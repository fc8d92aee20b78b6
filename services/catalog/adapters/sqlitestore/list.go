package sqlitestore

import (
	"strconv"
	"strings"

	"stockroom/services/catalog"
)

// list returns the statement for a page, put together for each query so that
// only conditions that are asked for cost anything.
func list(q catalog.Query) (string, []any) {
	where, args := conditions(q.Filter)
	order := orderBy(q.Sort)
	args = append(args, q.Size, q.Offset())
	limit := " limit ?" + strconv.Itoa(len(args)-1) + " offset ?" + strconv.Itoa(len(args))

	return `select h.epoch, h.seq, (select count(*) from products p where ` + where + `), ` + columns + `
		from commit_head h left join (
			select id, name, description, category, sku, price, stock, created_at, updated_at, version
			from products p where ` + where + ` order by ` + order + limit + `
		) p on true
		order by ` + order, args
}

// conditions returns what follows "where", with numbered parameters.
func conditions(f catalog.Filter) (string, []any) {
	all := []string{"p.deleted_at is null"}
	var args []any
	arg := func(value any) string {
		args = append(args, value)
		return "?" + strconv.Itoa(len(args))
	}
	if f.Category != "" {
		all = append(all, "p.category = "+arg(f.Category))
	}
	if f.MinPrice != nil {
		all = append(all, "p.price >= "+arg(int64(*f.MinPrice)))
	}
	if f.MaxPrice != nil {
		all = append(all, "p.price <= "+arg(int64(*f.MaxPrice)))
	}
	if f.InStock {
		all = append(all, "p.stock > 0")
	}
	if f.Search != "" {
		all = append(all, "instr(p.search, "+arg(catalog.SearchTerm(f.Search))+") > 0")
	}
	if f.Name != "" {
		all = append(all, "instr(p.search_name, "+arg(catalog.SearchTerm(f.Name))+") > 0")
	}
	return strings.Join(all, " and "), args
}

// orderBy returns what follows "order by": one of a few fixed texts.
func orderBy(s catalog.Sort) string {
	column := map[catalog.SortKey]string{
		catalog.ByName:      "p.name",
		catalog.ByPrice:     "p.price",
		catalog.ByCreatedAt: "p.created_at",
		catalog.ByStock:     "p.stock",
	}[s.By]
	if s.Descending {
		return column + " desc, p.id desc"
	}
	return column + ", p.id"
}
