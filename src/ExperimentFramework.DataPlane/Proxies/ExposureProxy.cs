using ExperimentFramework.DataPlane.CompilerServices;

namespace ExperimentFramework.DataPlane;

/// <summary>A generated proxy: what was compiled into it, and how it is created.</summary>
internal sealed record ExposureProxy<TService>(ExposureContract Contract, Func<ExposureLoggingDecorator<TService>, TService> Create)
    where TService : class;
