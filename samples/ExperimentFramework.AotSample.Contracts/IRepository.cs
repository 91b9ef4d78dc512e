using ExperimentFramework.DataPlane;

namespace ExperimentFramework.AotSample.Contracts;

/// <summary>Closed where it is registered.</summary>
[ExposureLogged]
public interface IRepository<T>
    where T : notnull
{
    T? Load([ExposureSubject] Guid id, [ExposureTenant] string tenant);
}
