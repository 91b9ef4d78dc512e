using System.ComponentModel;
using System.Diagnostics;

namespace ExperimentFramework.DataPlane.CompilerServices;

/// <summary>
/// The runtime behind a generated proxy, and the only type the proxy holds: selects the variant, records the exposure and
/// returns the variant for the proxy to call. For generated code.
/// </summary>
/// <typeparam name="TService">The tagged interface.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
[DebuggerStepThrough]
public sealed class ExposureLoggingDecorator<TService>
    where TService : class
{
    private readonly VariantInstances<TService> _instances;
    private readonly ExperimentScope _scope;
    private readonly SelectorInvoker? _onlySelector;
    private readonly AssignmentRecorder _assignments;
    private readonly ExposureRecorder _exposures;
    private Decision? _pinned;

    internal ExposureLoggingDecorator(ExperimentScope scope, VariantInstances<TService> instances)
    {
        _scope = scope;
        _instances = instances;
        Identity = scope.Identity;
        Served = scope.Served;
        _onlySelector = scope.OnlySelector;
        _assignments = scope.Experiment.Assignments;
        _exposures = scope.Experiment.Exposures;
    }

    /// <summary>
    /// Gets the variant that this proxy instance uses for all members without a subject, such as properties and events, so that a
    /// handler added to an event can be removed again.
    /// </summary>
    public TService Pinned => _instances[PinnedDecision.Instance];

    internal Experiment Experiment => _scope.Experiment;

    internal SubjectIdentity Identity { get; }

    internal ServedExposureHistory Served { get; }

    /// <summary>Records that the container resolved the proxy.</summary>
    internal void OnResolved() => _instances.OnResolved();

    private Decision PinnedDecision => Volatile.Read(ref _pinned) ?? Pin();

    /// <summary>Selects the variant, records the exposure and returns the variant. In <c>Block</c> mode the calling thread waits for capacity.</summary>
    /// <param name="subjectId">The value of the tagged parameter; null if there is none, in which case the identity provider is used.</param>
    /// <param name="subjectType">The subject type named by the tag.</param>
    /// <param name="tenantId">The tenant id; null if there is none.</param>
    /// <param name="cancellationToken">Cancels a wait for capacity.</param>
    /// <returns>The variant.</returns>
    public TService Serve(
        string? subjectId = null, string? subjectType = null, string? tenantId = null, CancellationToken cancellationToken = default)
    {
        var subject = Identity.Identify(subjectId, subjectType, tenantId);
        return Serve(Decide(subject, subjectId), subject, new EnqueueWait(WaitMode.Thread, cancellationToken), out _);
    }

    /// <summary>Selects the variant, records the exposure and returns the variant.</summary>
    /// <param name="enqueued">In <c>Block</c> mode, a task to await along with the call if the exposure is waiting for capacity; otherwise null.</param>
    /// <param name="subjectId">The value of the tagged parameter; null if there is none, in which case the identity provider is used.</param>
    /// <param name="subjectType">The subject type named by the tag.</param>
    /// <param name="tenantId">The tenant id; null if there is none.</param>
    /// <param name="cancellationToken">Cancels a wait for capacity.</param>
    /// <returns>The variant.</returns>
    public TService Serve(
        out Task? enqueued, string? subjectId = null, string? subjectType = null, string? tenantId = null, CancellationToken cancellationToken = default)
    {
        var subject = Identity.Identify(subjectId, subjectType, tenantId);
        return Serve(Decide(subject, subjectId), subject, new EnqueueWait(WaitMode.Task, cancellationToken), out enqueued);
    }

    /// <summary>Selects the variant; the exposure is recorded after its attributes have been added.</summary>
    /// <param name="subjectId">The value of the tagged parameter; null if there is none, in which case the identity provider is used.</param>
    /// <param name="subjectType">The subject type named by the tag.</param>
    /// <param name="tenantId">The tenant id; null if there is none.</param>
    /// <returns>The call.</returns>
    public ExposureCall<TService> Expose(string? subjectId = null, string? subjectType = null, string? tenantId = null)
    {
        var subject = Identity.Identify(subjectId, subjectType, tenantId);
        var decision = Decide(subject, subjectId);

        // Resolve before claiming the exposure: a variant that cannot be created is not served.
        var variant = _instances[decision.Instance];
        return new ExposureCall<TService>(variant, _exposures, Served, decision, subject);
    }

    /// <summary>Records the exposure of the <see cref="Pinned"/> variant, for a property or an event.</summary>
    /// <param name="subjectId">The value of the tagged parameter; null if there is none, in which case the identity provider is used.</param>
    /// <param name="subjectType">The subject type named by the tag.</param>
    /// <param name="tenantId">The tenant id; null if there is none.</param>
    /// <returns>The variant.</returns>
    public TService ServePinned(string? subjectId = null, string? subjectType = null, string? tenantId = null) =>
        Serve(PinnedDecision, Identity.Identify(subjectId, subjectType, tenantId), new EnqueueWait(WaitMode.Thread, CancellationToken.None), out _);

    /// <summary>Selects and returns the variant without recording an exposure.</summary>
    /// <param name="subjectId">The value of the tagged parameter; null if there is none, in which case the identity provider is used.</param>
    /// <param name="subjectType">The subject type named by the tag.</param>
    /// <param name="tenantId">The tenant id; null if there is none.</param>
    /// <returns>The variant.</returns>
    public TService Route(string? subjectId = null, string? subjectType = null, string? tenantId = null) =>
        _instances[Decide(Identity.Identify(subjectId, subjectType, tenantId), subjectId).Instance];

    /// <summary>Selects the variant, for a member whose proxy contains code that runs after the call.</summary>
    /// <param name="member">The member's name, recorded with the outcome.</param>
    /// <param name="fallsBack">Whether the proxy can repeat the call on control.</param>
    /// <param name="isAwaited">Whether the member's result is awaited, so that a wait for capacity can be awaited with it.</param>
    /// <param name="subjectId">The value of the tagged parameter; null if there is none, in which case the identity provider is used.</param>
    /// <param name="subjectType">The subject type named by the tag.</param>
    /// <param name="tenantId">The tenant id; null if there is none.</param>
    /// <param name="cancellationToken">Cancels a wait for capacity.</param>
    /// <returns>The call.</returns>
    public ObservedCall<TService> Observe(
        string member,
        bool fallsBack,
        bool isAwaited,
        string? subjectId = null,
        string? subjectType = null,
        string? tenantId = null,
        CancellationToken cancellationToken = default)
    {
        var subject = Identity.Identify(subjectId, subjectType, tenantId);
        return new ObservedCall<TService>(
            _instances,
            Experiment,
            Served,
            member,
            fallsBack,
            new EnqueueWait(isAwaited ? WaitMode.Task : WaitMode.Thread, cancellationToken),
            Decide(subject, subjectId),
            subject);
    }

    /// <summary>Returns whether a variant can be selected for the subject without waiting for an assignment store.</summary>
    /// <param name="subjectId">The value of the tagged parameter; null if there is none, in which case the identity provider is used.</param>
    /// <param name="subjectType">The subject type named by the tag.</param>
    /// <param name="tenantId">The tenant id; null if there is none.</param>
    /// <returns>False if the call must be made through <see cref="PrefetchAssignment"/>.</returns>
    public bool IsAssignmentCached(string? subjectId = null, string? subjectType = null, string? tenantId = null) =>
        !Experiment.Assigner.HasStore || Experiment.Assigner.IsCached(Identity.Identify(subjectId, subjectType, tenantId)) || SynchronizationContextAwaiter.IsPresent;

    /// <summary>Starts reading the subject's assignment from the store.</summary>
    /// <param name="subjectId">The value of the tagged parameter; null if there is none, in which case the identity provider is used.</param>
    /// <param name="subjectType">The subject type named by the tag.</param>
    /// <param name="tenantId">The tenant id; null if there is none.</param>
    /// <returns>The deferred call, to be made once the assignment is known.</returns>
    public DeferredCall PrefetchAssignment(string? subjectId = null, string? subjectType = null, string? tenantId = null) =>
        new(
            Experiment.Assigner.PrefetchAsync(Identity.Identify(subjectId, subjectType, tenantId)),
            _exposures.Semantics == ExposureSemantics.Explicit ? Served.Open() : null);

    /// <summary>
    /// Disposes the variants that were served. Does nothing if the container is disposing the proxy, because the container
    /// disposes the variants it owns itself.
    /// </summary>
    public void Dispose()
    {
        foreach (var variant in ToDispose())
        {
            (variant as IDisposable)?.Dispose();
        }
    }

    /// <summary>
    /// Disposes the variants that were served. Does nothing if the container is disposing the proxy, because the container
    /// disposes the variants it owns itself.
    /// </summary>
    /// <returns>The variant's own task if only one variant is disposed.</returns>
    public ValueTask DisposeAsync()
    {
        var variants = ToDispose().OfType<IAsyncDisposable>().ToArray();
        return variants switch
        {
            [] => ValueTask.CompletedTask,
            [var only] => only.DisposeAsync(),
            _ => DisposeAllAsync(variants),
        };
    }

    private static async ValueTask DisposeAllAsync(IAsyncDisposable[] variants)
    {
        foreach (var variant in variants)
        {
            await variant.DisposeAsync().ConfigureAwait(false);
        }
    }

    private TService Serve(Decision decision, scoped in Subject subject, scoped in EnqueueWait wait, out Task? enqueued)
    {
        // Resolve before claiming the exposure: a variant that cannot be created is not served.
        var variant = _instances[decision.Instance];
        enqueued = _exposures.ObservesCalls ? Record(decision, subject, wait) : null;
        return variant;
    }

    // The subject is passed by value: by reference, calls that record nothing would have to write it to memory too.
    private Task<bool>? Record(Decision decision, Subject subject, EnqueueWait wait) =>
        _exposures.TryBegin(decision, decision.Variant, subject) is { } factory
            ? _exposures.Record(new PendingExposure(factory, Served, decision, decision.Variant, subject), wait).PendingAdmission
            : null;

    /// <summary>Decides as <see cref="ExperimentScope.Decide"/> does, but keeps what it reads in this class: this is the path of every call.</summary>
    private Decision Decide(in Subject subject, string? subjectId)
    {
        var decision = _onlySelector is { } selector ? selector.Decide(subject) : _scope.Assign(subject, subjectId);
        if (_assignments.ComparesDecisions)
        {
            _scope.Compare(subject, decision);
        }

        return decision;
    }

    private TService[] ToDispose()
    {
        if (_instances.IsScopeDisposing)
        {
            return [];
        }

        var resolved = _instances.Resolved;
        return resolved.Length > 0 ? resolved : [Pinned];
    }

    private Decision Pin()
    {
        var decision = Decide(Identity.Identify(null, null, null), null);
        return Interlocked.CompareExchange(ref _pinned, decision, null) ?? decision;
    }
}
