using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Turns a selector's answers into decisions. Whatever the selector does, there is one: control stands in for an answer
/// that cannot be used.
/// </summary>
internal sealed partial class SelectorDecisions
{
    /// <summary>How many answers are remembered with their decisions; a power of two.</summary>
    private const int MemoSize = 8;

    private readonly string _experimentName;
    private readonly IVariantSet _variants;
    private readonly IVariantSelector _selector;
    private readonly AssignmentPolicy _policy;
    private readonly IAssignmentObserver _observer;
    private readonly FaultState _selectorFault;
    private readonly FaultState _variantFault;
    private readonly QuietLogger _logger;
    private readonly Decision _selectorError;
    private readonly Decision _unknownVariant;
    private readonly Memo?[] _memo = new Memo?[MemoSize];
    private int _memoNext = -1;

    /// <summary>Whether either fault has to be asked: one field on the way of every call.</summary>
    private volatile bool _isFailing;

    public SelectorDecisions(
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
        _selectorFault = new FaultState(time);
        _variantFault = new FaultState(time);
        _logger = QuietLogger.Of(logger);
        _selectorError = new Decision(variants.Control, SelectionReasons.SelectorError, null, policy, null);
        _unknownVariant = new Decision(variants.Control, SelectionReasons.UnknownVariant, null, policy, null);
    }

    /// <summary>Whether a decision stands in for an answer that could not be used.</summary>
    public bool IsFault(Decision decision) => decision == _selectorError || decision == _unknownVariant;

    public Decision Decide(in Subject subject)
    {
        VariantSelection? selection;
        try
        {
            selection = _selector.Select(new SelectionContext(_experimentName, subject.Id, subject.Type, subject.TenantId));
        }
        catch (Exception exception)
        {
            return Fail(exception);
        }

        foreach (var memo in _memo)
        {
            if (memo is null)
            {
                break;
            }

            if (ReferenceEquals(memo.Selection, selection))
            {
                if (_isFailing)
                {
                    LeaveFault();
                }

                return memo.Decision;
            }
        }

        return selection is null ? Fail(new InvalidOperationException("The selector answered null.")) : Intern(selection);
    }

    private Decision Fail(Exception exception)
    {
        if (_selectorFault.Enter())
        {
            LogSelectorError(_experimentName, _variants.Control.Key, exception);
        }

        _isFailing = true;
        return _selectorError;
    }

    private Decision Intern(VariantSelection selection)
    {
        var variant = _variants.Find(selection.VariantKey);
        if (variant is null)
        {
            if (_variantFault.Enter())
            {
                LogUnknownVariant(_experimentName, selection.VariantKey, string.Join(", ", _variants.Keys), _variants.Control.Key);
            }

            _isFailing = true;
            return _unknownVariant;
        }

        LeaveFault();
        _observer.Answered(selection);
        var decision = new Decision(variant, selection.Reason, selection.RulePath, _policy, selection.AllocationVersion);
        _memo[Interlocked.Increment(ref _memoNext) & (MemoSize - 1)] = new Memo(selection, decision);
        return decision;
    }

    private void LeaveFault()
    {
        // Both are asked: one good answer is the end of either fault.
        if (_selectorFault.Leave() | _variantFault.Leave())
        {
            LogRecovered(_experimentName);
        }

        // In this order: whoever fails beside this enters its fault first, so one of the two says that there is one.
        Interlocked.Exchange(ref _isFailing, false);
        if (_selectorFault.IsFailing || _variantFault.IsFailing)
        {
            _isFailing = true;
        }
    }

    [LoggerMessage(10, LogLevel.Error, "The selector of experiment {Experiment} threw; '{Control}' is served until it answers again.")]
    private partial void LogSelectorError(string experiment, string control, Exception exception);

    [LoggerMessage(11, LogLevel.Error,
        "The selector of experiment {Experiment} named variant '{Variant}', which does not exist (there are: {Variants}); '{Control}' is served instead.")]
    private partial void LogUnknownVariant(string experiment, string variant, string variants, string control);

    [LoggerMessage(12, LogLevel.Information, "The selector of experiment {Experiment} answers again.")]
    private partial void LogRecovered(string experiment);

    private sealed record Memo(VariantSelection Selection, Decision Decision);
}
