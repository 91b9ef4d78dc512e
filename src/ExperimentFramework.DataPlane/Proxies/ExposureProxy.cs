using ExperimentFramework.DataPlane.CompilerServices;

namespace ExperimentFramework.DataPlane;

/// <summary>A generated proxy as the registration sees it.</summary>
internal sealed record ExposureProxy<TService>(ExposureContract Contract, Func<ExposureLoggingDecorator<TService>, TService> Create)
    where TService : class;
