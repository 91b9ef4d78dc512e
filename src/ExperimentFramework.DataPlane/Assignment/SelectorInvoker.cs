using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Turns a selector's answers into decisions. Whatever the selector does, there is one: control stands in for an answer
/// that cannot be used.
/// </summary>
internal sealed partial class SelectorInvoker
{
    /// <summary>How many decisions are kept to be found by their answers; a power of two.</summary>
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
    private readonly Decision?[] _made = new Decision?[MaxCached];
    private int _madeNext = -1;

    /// <summary>The decisions made of the last answers. While there is a fault none is found here, because a good answer is its end.</summary>
    private volatile Decision?[] _known;

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
        _known = _made;
    }

    /// <summary>Whether a decision stands in for an answer that could not be used.</summary>
    public bool IsFault(Decision decision) => decision == _selectorError || decision == _unknownVariant;

    public Decision Decide(in Subject subject) => Decide(subject.Id, subject.Type, subject.TenantId);

    private Decision Decide(string? subjectId, string? subjectType, string? tenantId)
    {
        // Before the selector is asked: nothing then has to be remembered across the call but these.
        var known = _known;
        VariantSelection? answer;
        try
        {
            answer = _selector.Select(new SelectionContext(_experimentName, subjectId, subjectType, tenantId));
        }
        catch (Exception exception)
        {
            return Fail(exception);
        }

        foreach (var decision in known)
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
            return Fail(SafeText.Own(new InvalidOperationException("The selector answered null.")));
        }

        if (Array.Find(_made, made => ReferenceEquals(made?.Answer, answer)) is not { } decision)
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

        _known = [];
        return _selectorError;
    }

    private Decision Make(VariantSelection answer)
    {
        var variant = _variants.Find(answer.VariantKey);
        if (variant is null)
        {
            if (_variantFault.Trip())
            {
                LogUnknownVariant(_experimentName, PrintableText.Sanitize(answer.VariantKey), string.Join(", ", _variants.Keys), _variants.Control.Key);
            }

            _known = [];
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
        _made[Interlocked.Increment(ref _madeNext) & (MaxCached - 1)] = decision;
        return decision;
    }

    private void ResetFault()
    {
        // Both are asked: one good answer is the end of either fault.
        if (_selectorFault.Reset() | _variantFault.Reset())
        {
            LogRecovered(_experimentName);
        }

        // In this order: whoever fails beside this enters its fault first, so one of the two says that there is one.
        Interlocked.Exchange(ref _known, _made);
        if (_selectorFault.IsFailing || _variantFault.IsFailing)
        {
            _known = [];
        }
    }

    [LoggerMessage(10, LogLevel.Error, "The selector of experiment {Experiment} threw; '{Control}' is served until it answers again.", EventName = "SelectorFailing")]
    private partial void LogSelectorError(string experiment, string control, Exception exception);

    [LoggerMessage(11, LogLevel.Error,
        "The selector of experiment {Experiment} named variant '{Variant}', which does not exist (there are: {Variants}); '{Control}' is served instead.", EventName = "SelectorUnknownVariant")]
    private partial void LogUnknownVariant(string experiment, string variant, string variants, string control);

    [LoggerMessage(12, LogLevel.Information, "The selector of experiment {Experiment} answers again.", EventName = "SelectorRecovered")]
    private partial void LogRecovered(string experiment);
}
