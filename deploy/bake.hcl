# The images of all programs: docker buildx bake -f deploy/bake.hcl
variable "REGISTRY" { default = "stockroom" }
variable "VERSION" { default = "dev" }
variable "COMMIT" { default = "" }
variable "GOPROXY" { default = "" }

group "default" { targets = ["image"] }

target "image" {
  name = program.command
  matrix = {
    program = [
      { command = "authd", module = "services/auth", port = "8001", tags = "grpcnotrace,nosqlite" },
      { command = "usersd", module = "services/users", port = "8002", tags = "grpcnotrace,nosqlite" },
      { command = "catalogd", module = "services/catalog", port = "8003", tags = "grpcnotrace,nosqlite" },
      { command = "gatewayd", module = "gateway", port = "8000", tags = "grpcnotrace,nosqlite" },
      { command = "stockroom", module = "standalone", port = "8000", tags = "grpcnotrace" },
    ]
  }
  dockerfile = "deploy/Dockerfile"
  args = {
    COMMAND = program.command
    MODULE  = program.module
    PORT    = program.port
    TAGS    = program.tags
    VERSION = VERSION
    COMMIT  = COMMIT
    GOPROXY = GOPROXY
  }
  tags = ["${REGISTRY}/${program.command}:${VERSION}"]
}
