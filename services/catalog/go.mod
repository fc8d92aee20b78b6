module stockroom/services/catalog

go 1.26.0

require stockroom/pkg v0.0.0

replace stockroom/pkg => ../../pkg
