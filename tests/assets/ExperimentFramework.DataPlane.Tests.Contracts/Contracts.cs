namespace ExperimentFramework.DataPlane.Tests.Contracts;

/// <summary>Tagged in an assembly that no code of has run when it is registered.</summary>
[ExposureLogged("far-away")]
public interface IFarAway
{
    string Where([ExposureSubject] string subject);
}

public sealed class Order;

/// <summary>An open generic interface that is closed where it is registered.</summary>
[ExposureLogged]
public interface IRepository<T>
    where T : class, new()
{
    T Load([ExposureSubject] string subject);
}

/// <summary>Visible to the tests only.</summary>
[ExposureLogged]
internal interface IInternalRepository<T>
{
    T? Find([ExposureSubject] string subject);
}

public static class Nesting<TOuter>
{
    [ExposureLogged]
    public interface INested<TInner>
    {
        (TOuter?, TInner?) Pair([ExposureSubject] string subject);
    }
}
