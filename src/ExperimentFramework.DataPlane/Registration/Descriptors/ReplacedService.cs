using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>Remembers a registration that put a proxy in the place of a service.</summary>
internal sealed record ReplacedService(ServiceDescriptor Proxy);
