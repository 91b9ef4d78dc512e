using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Turns a selector's answers into decisions. Whatever the selector does, there is one: control stands in for an answer
/// that cannot be used.
/// </summary>
internal sealed partial class Assigner
{
    /// <summary>A selector counts as recovered after this long without a fault, so that a mixed stream is not a line per call.</summary>
    private static readonly TimeSpan QuietPeriod = TimeSpan.FromMinutes(1);

    /// <summary>How many answers are remembered with their decisions; a power of two.</summary>
    private const int MemoSize = 8;

    private readonly string _experimentName;
    private readonly string[] _variantKeys;
    private readonly IVariantSelector _selector;
    private readonly AssignmentPolicy _policy;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Decision _selectorError;
    private readonly Decision _unknownVariant;
    private readonly Memo?[] _memo = new Memo?[MemoSize];
    private int _memoNext;
    private string? _fault;
    private long _faultTimestamp;

    public Assigner(
        string experimentName, string[] variantKeys, IVariantSelector selector, AssignmentPolicy policy, TimeProvider time, ILogger logger)
    {
        _experimentName = experimentName;
        _variantKeys = variantKeys;
        _selector = selector;
        _policy = policy;
        _time = time;
        _logger = logger;
        _selectorError = new Decision(0, SelectionReasons.SelectorError, null, policy, null);
        _unknownVariant = new Decision(0, SelectionReasons.UnknownVariant, null, policy, null);
    }

    public Decision Assign(in Subject subject)
    {
        VariantSelection selection;
        try
        {
            selection = _selector.Select(new SelectionContext(_experimentName, subject.Id, subject.Type, subject.TenantId))
                ?? throw new InvalidOperationException("The selector answered null.");
        }
        catch (Exception exception)
        {
            if (EntersFault(SelectionReasons.SelectorError))
            {
                LogSelectorError(_experimentName, _variantKeys[0], exception);
            }

            return _selectorError;
        }

        foreach (var memo in _memo)
        {
            if (memo is not null && ReferenceEquals(memo.Selection, selection))
            {
                LeaveFault();
                return memo.Decision;
            }
        }

        return Intern(selection);
    }

    private Decision Intern(VariantSelection selection)
    {
        var index = Array.FindIndex(_variantKeys, key => string.Equals(key, selection.VariantKey, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
        {
            if (EntersFault(SelectionReasons.UnknownVariant))
            {
                LogUnknownVariant(_experimentName, selection.VariantKey, string.Join(", ", _variantKeys), _variantKeys[0]);
            }

            return _unknownVariant;
        }

        LeaveFault();
        var decision = new Decision(index, selection.Reason, selection.RulePath, _policy, selection.AllocationVersion);
        _memo[Interlocked.Increment(ref _memoNext) & (MemoSize - 1)] = new Memo(selection, decision);
        return decision;
    }

    private bool EntersFault(string fault)
    {
        Volatile.Write(ref _faultTimestamp, _time.GetTimestamp());
        return Interlocked.Exchange(ref _fault, fault) != fault;
    }

    private void LeaveFault()
    {
        if (_fault is null || _time.GetElapsedTime(Volatile.Read(ref _faultTimestamp)) < QuietPeriod)
        {
            return;
        }

        if (Interlocked.Exchange(ref _fault, null) is not null)
        {
            LogRecovered(_experimentName);
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
