module stockroom/services/catalog

go 1.26.0

require (
	github.com/stretchr/testify v1.12.1
	stockroom/pkg v0.0.0
)

require (
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace stockroom/pkg => ../../pkg
