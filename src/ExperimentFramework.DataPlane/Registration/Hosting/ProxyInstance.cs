using ExperimentFramework.DataPlane.CompilerServices;

namespace ExperimentFramework.DataPlane;

/// <summary>A proxy and its decorator, shared by all registrations that resolve to it.</summary>
internal sealed record ProxyInstance<TService>(ExposureLoggingDecorator<TService> Decorator, TService Proxy)
    where TService : class;
