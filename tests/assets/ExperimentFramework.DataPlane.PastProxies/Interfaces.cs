namespace ExperimentFramework.DataPlane.PastProxies;

/// <summary>Every kind of member that exposes, with nothing else around the call.</summary>
[ExposureLogged("past-members")]
public interface IMembers
{
    event EventHandler Changed;

    string Name { get; set; }

    void Run([ExposureSubject] string user);

    string Get([ExposureSubject] string user);

    Task RunTask([ExposureSubject] string user);

    Task<string> GetTask([ExposureSubject] string user);

    ValueTask RunValueTask([ExposureSubject] string user);

    ValueTask<string> GetValueTask([ExposureSubject] string user);

    IAsyncEnumerable<string> GetStream([ExposureSubject] string user);

    [NotExposed]
    string Unexposed([ExposureSubject] string user);
}

/// <summary>Properties and events that expose.</summary>
[ExposureLogged("past-properties", ExposeProperties = true)]
public interface IProperties
{
    [Exposed]
    event EventHandler Changed;

    string Name { get; set; }

    string this[int index] { get; }
}

/// <summary>Everything that parameters can be tagged as.</summary>
[ExposureLogged("past-attributes")]
public interface IAttributes
{
    string Get(
        [ExposureSubject("account")] Guid account,
        [ExposureTenant] string tenant,
        [ExposureAttribute] int items,
        [ExposureAttribute("home-country")] string country,
        [ExposureAttribute(Personal = true)] string email);

    Task<string> GetTask([ExposureSubject("account")] Guid account, [ExposureAttribute] int items, CancellationToken cancellationToken);
}

/// <summary>Every kind of member that can be called again.</summary>
[ExposureLogged("past-fallbacks", FallbackToControl = true)]
public interface IFallbacks
{
    void Run([ExposureSubject] string user);

    string Get([ExposureSubject] string user);

    Task RunTask([ExposureSubject] string user);

    Task<string> GetTask([ExposureSubject] string user);

    ValueTask RunValueTask([ExposureSubject] string user);

    ValueTask<string> GetValueTask([ExposureSubject] string user);

    IAsyncEnumerable<string> GetStream([ExposureSubject] string user);

    int Count([ExposureSubject] string user, ReadOnlySpan<char> text);
}

/// <summary>Every kind of member whose end is recorded.</summary>
[ExposureLogged("past-outcomes", RecordOutcomes = true)]
public interface IOutcomes
{
    void Run([ExposureSubject] string user);

    string Get([ExposureSubject] string user, [ExposureAttribute] int items);

    Task RunTask([ExposureSubject] string user);

    Task<string> GetTask([ExposureSubject] string user);

    ValueTask RunValueTask([ExposureSubject] string user);

    ValueTask<string> GetValueTask([ExposureSubject] string user);

    IAsyncEnumerable<string> GetStream([ExposureSubject] string user);
}

/// <summary>Every kind of member that can wait for an assignment.</summary>
[ExposureLogged("past-assignments", AwaitAssignment = true)]
public interface IAwaitedAssignments
{
    Task RunTask([ExposureSubject] string user);

    Task<string> GetTask([ExposureSubject] string user);

    ValueTask RunValueTask([ExposureSubject] string user);

    ValueTask<string> GetValueTask([ExposureSubject] string user);

    IAsyncEnumerable<string> GetStream([ExposureSubject] string user);
}

/// <summary>What the tag says that the call does not.</summary>
[ExposureLogged("past-settings", Semantics = ExposureSemantics.Explicit, SamplingRate = 1)]
public interface ISettings
{
    string Get([ExposureSubject] string user);
}

/// <summary>Closed where it is registered.</summary>
[ExposureLogged("past-generics")]
public interface IGeneric<T>
{
    T Get([ExposureSubject] string user);

    TOther Convert<TOther>([ExposureSubject] string user, Func<T, TOther> convert);
}

/// <summary>Disposes what it was served by.</summary>
[ExposureLogged("past-disposals")]
public interface IDisposals : IDisposable, IAsyncDisposable
{
    string Get([ExposureSubject] string user);
}

/// <summary>The registrations that close <see cref="IGeneric{T}"/>.</summary>
public static class Registrations
{
    /// <summary>Registers the interface closed over numbers.</summary>
    public static ExperimentFrameworkBuilder AddGeneric(ExperimentFrameworkBuilder experiments, Action<TrialBuilder<IGeneric<int>>> configure) =>
        experiments.Trial<IGeneric<int>>(configure);
}
