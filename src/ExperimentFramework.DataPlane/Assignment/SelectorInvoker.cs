using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Turns a selector's results into decisions. There is always a decision, whatever the selector does: control is served if its result
/// cannot be used.
/// </summary>
internal sealed partial class SelectorInvoker
{
    /// <summary>The number of recent decisions kept for lookup by selection; a power of two.</summary>
    private const int MaxCached = 8;

    private readonly string _experimentName;
    private readonly IVariantSet _variants;
    private readonly IVariantSelector _selector;
    private readonly AssignmentPolicy _policy;
    private readonly IAssignmentObserver _observer;
    private readonly FaultLatch _selectorFault;
    private readonly FaultLatch _variantFault;
    private readonly NonThrowingLogger _logger;
    private readonly Decision _selectorError;
    private readonly Decision _unknownVariant;
    private readonly Decision?[] _cached = new Decision?[MaxCached];
    private int _lastIndex = -1;

    /// <summary>The cached decisions; empty while there is a fault, so that the next usable selection takes the slow path and clears the fault.</summary>
    private volatile Decision?[] _usable;

    public SelectorInvoker(
        string experimentName,
        IVariantSet variants,
        IVariantSelector selector,
        AssignmentPolicy policy,
        IAssignmentObserver observer,
        TimeProvider time,
        ILogger logger)
    {
        _experimentName = experimentName;
        _variants = variants;
        _selector = selector;
        _policy = policy;
        _observer = observer;
        _selectorFault = new FaultLatch(time);
        _variantFault = new FaultLatch(time);
        _logger = NonThrowingLogger.Of(logger);
        _selectorError = new Decision(variants.Control, SelectionReasons.SelectorError, null, policy, null);
        _unknownVariant = new Decision(variants.Control, SelectionReasons.UnknownVariant, null, policy, null);
        _usable = _cached;
    }

    /// <summary>Returns whether a decision replaces a selection that could not be used.</summary>
    public bool IsFault(Decision decision) => decision == _selectorError || decision == _unknownVariant;

    public Decision Decide(in Subject subject) => Decide(subject.Id, subject.Type, subject.TenantId);

    private Decision Decide(string? subjectId, string? subjectType, string? tenantId)
    {
        // Read before the selector is called, so that little state is kept across the call.
        var usable = _usable;
        VariantSelection? answer;
        try
        {
            answer = _selector.Select(new SelectionContext(_experimentName, subjectId, subjectType, tenantId));
        }
        catch (Exception exception)
        {
            return Fail(exception);
        }

        foreach (var decision in usable)
        {
            if (decision is null)
            {
                break;
            }

            if (ReferenceEquals(decision.Answer, answer))
            {
                return decision;
            }
        }

        return Resolve(answer);
    }

    private Decision Resolve(VariantSelection? answer)
    {
        if (answer is null)
        {
            return Fail(SafeText.Own(new InvalidOperationException("The selector returned null.")));
        }

        if (Array.Find(_cached, cached => ReferenceEquals(cached?.Answer, answer)) is not { } decision)
        {
            return Make(answer);
        }

        ResetFault();
        return decision;
    }

    private Decision Fail(Exception exception)
    {
        if (_selectorFault.Trip())
        {
            LogSelectorError(_experimentName, _variants.Control.Key, exception);
        }

        _usable = [];
        return _selectorError;
    }

    private Decision Make(VariantSelection answer)
    {
        var variant = _variants.Find(answer.VariantKey);
        if (variant is null)
        {
            if (_variantFault.Trip())
            {
                LogUnknownVariant(_experimentName, PrintableText.Sanitize(answer.VariantKey), _variants.Control.Key, string.Join(", ", _variants.Keys));
            }

            _usable = [];
            return _unknownVariant;
        }

        ResetFault();
        _observer.OnSelected(answer);
        var decision = new Decision(
            variant,
            PrintableText.Sanitize(answer.Reason),
            PrintableText.Sanitize(answer.RulePath),
            _policy,
            PrintableText.Sanitize(answer.AllocationVersion),
            answer);
        _cached[Interlocked.Increment(ref _lastIndex) & (MaxCached - 1)] = decision;
        return decision;
    }

    private void ResetFault()
    {
        // Non-short-circuiting: one usable selection clears both faults.
        if (_selectorFault.Reset() | _variantFault.Reset())
        {
            LogRecovered(_experimentName);
        }

        // In this order: a concurrent failure trips its latch before it clears the cache, so either it clears the cache afterwards or the check below sees it.
        Interlocked.Exchange(ref _usable, _cached);
        if (_selectorFault.IsFailing || _variantFault.IsFailing)
        {
            _usable = [];
        }
    }

    [LoggerMessage(10, LogLevel.Error, "The selector of experiment {Experiment} threw. '{Control}' is served until it succeeds again.", EventName = "SelectorFailing")]
    private partial void LogSelectorError(string experiment, string control, Exception exception);

    [LoggerMessage(11, LogLevel.Error,
        "The selector of experiment {Experiment} returned variant '{Variant}', which does not exist, so '{Control}' is served. Return one of: {Variants}.", EventName = "SelectorUnknownVariant")]
    private partial void LogUnknownVariant(string experiment, string variant, string control, string variants);

    [LoggerMessage(12, LogLevel.Information, "The selector of experiment {Experiment} has recovered.", EventName = "SelectorRecovered")]
    private partial void LogRecovered(string experiment);
}
