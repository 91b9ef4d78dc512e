using ExperimentFramework.DataPlane.CompilerServices;

namespace ExperimentFramework.DataPlane;

/// <summary>A proxy with its run-time side, one for all registrations that lead to it.</summary>
internal sealed record ProxyInstance<TService>(ExposureLoggingDecorator<TService> Decorator, TService Proxy)
    where TService : class;
