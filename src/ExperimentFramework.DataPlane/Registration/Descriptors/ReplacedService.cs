using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>Marks the registration of a proxy that replaced a service.</summary>
internal sealed record ReplacedService(ServiceDescriptor Proxy);
