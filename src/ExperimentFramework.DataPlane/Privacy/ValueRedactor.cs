using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>What stands in the place of a value.</summary>
internal sealed partial class ValueRedactor : IDisposable
{
    private readonly string _placeholder;
    private readonly IPseudonymKeyProvider? _keys;
    private readonly IExposureRedactor? _redactor;
    private readonly FaultLatch _keyFault;
    private readonly FaultLatch _redactorFault;
    private readonly NonThrowingLogger _logger;
    private readonly CallWatchdog? _keyCall;
    private readonly CallWatchdog? _redactorCall;
    private Pseudonyms? _pseudonyms;
    private Pseudonyms? _before;

    public ValueRedactor(
        PiiRedactionOptions options,
        IReadOnlyCollection<RedactionMode> modes,
        IPseudonymKeyProvider? keys,
        IExposureRedactor? redactor,
        TimeProvider time,
        NonThrowingLogger logger)
    {
        _placeholder = options.Placeholder;
        _redactor = redactor;
        _keyFault = new FaultLatch(time);
        _redactorFault = new FaultLatch(time);
        _redactorCall = redactor is null ? null : new CallWatchdog($"{redactor.GetType().Name}.{nameof(IExposureRedactor.Redact)}", time);
        _logger = logger;
        if (modes.Contains(RedactionMode.Custom) && redactor is null)
        {
            throw Fault("Custom is in use, but no IExposureRedactor is registered: call services.AddSingleton<IExposureRedactor, ...>().");
        }

        if (modes.Contains(RedactionMode.Pseudonym))
        {
            _keys = keys ?? (options.PseudonymKey is not null ? new ConfiguredPseudonymKey(options) : throw Fault(
                "Pseudonym is in use, but there is no key: set PseudonymKey to at least 32 random bytes in Base64, or register an IPseudonymKeyProvider."));
            _keyCall = new CallWatchdog($"{_keys.GetType().Name}.{nameof(IPseudonymKeyProvider.GetKey)}", time);
            _pseudonyms = new Pseudonyms(_keys.GetKey() ?? throw Fault($"{_keys.GetType().Name} answered no key."));
        }
    }

    /// <summary>What is wrong with the application's redactor or key provider, for an operator; null for nothing.</summary>
    public string? DegradedReason => _redactorCall?.DegradedReason ?? _keyCall?.DegradedReason;

    /// <summary>The pseudonyms in force; one event takes all of its own from one key. Null where none are in use.</summary>
    public Pseudonyms? CurrentPseudonyms()
    {
        var current = Volatile.Read(ref _pseudonyms);
        if (current is null)
        {
            return null;
        }

        try
        {
            var key = _keyCall!.Run(_keys!.GetKey) ?? throw new InvalidOperationException("The provider answered no key.");
            if (!current.IsOf(key))
            {
                // Hosts rotate one after the other, and a provider may waver between two keys meanwhile.
                var next = Volatile.Read(ref _before) is { } before && before.IsOf(key) ? before : new Pseudonyms(key);
                Volatile.Write(ref _before, current);
                Volatile.Write(ref _pseudonyms, next);
                current = next;
            }

            _keyFault.Reset();
        }
        catch (Exception exception)
        {
            if (_keyFault.Trip())
            {
                LogKeyFault(_keys!.GetType().Name, current.Key.Id, exception);
            }
        }

        return current;
    }

    /// <summary>The text in the place of another. Every mode has an arm: the compiler refuses one that is forgotten.</summary>
    /// <param name="mode">How.</param>
    /// <param name="field">The field, as the application's redactor knows it.</param>
    /// <param name="domain">The domain of pseudonyms; null for the field's own.</param>
    /// <param name="value">The text.</param>
    /// <param name="pseudonyms">The pseudonyms of this event.</param>
    /// <returns>Null where the field is left out.</returns>
#pragma warning disable CS8524 // Of values that the enumeration does not name: the start refuses them.
    public string? Redact(RedactionMode mode, string field, string? domain, string value, Pseudonyms? pseudonyms) => mode switch
    {
        RedactionMode.None => value,
        RedactionMode.Pseudonym => pseudonyms!.Of(domain ?? "field/" + field.ToLowerInvariant(), value),
        RedactionMode.Omit => null,
        RedactionMode.Custom => RedactByApplication(field, value),
        RedactionMode.Placeholder => _placeholder,
    };
#pragma warning restore CS8524

    public void Dispose()
    {
        _pseudonyms?.Dispose();
        _before?.Dispose();
    }

    private string? RedactByApplication(string field, string value)
    {
        try
        {
            var redacted = _redactorCall!.Run(() => _redactor!.Redact(field, value));
            _redactorFault.Reset();
            return redacted;
        }
        catch (Exception exception)
        {
            if (_redactorFault.Trip())
            {
                LogRedactorFault(_redactor!.GetType().Name, exception);
            }

            return _placeholder;
        }
    }

    private static OptionsValidationException Fault(string message) =>
        new(nameof(DataPlaneOptions), typeof(DataPlaneOptions), [$"DataPlaneOptions.{nameof(DataPlaneOptions.PiiRedaction)}: {message}"]);

    [LoggerMessage(60, LogLevel.Error, "Redactor {Redactor} threw; the placeholder stands for its values until it answers again.", EventName = "RedactorFailing")]
    private partial void LogRedactorFault(string redactor, Exception exception);

    [LoggerMessage(61, LogLevel.Error, "Key provider {Provider} threw; the key {KeyId} stays in force until it answers again.", EventName = "KeyProviderFailing")]
    private partial void LogKeyFault(string provider, string keyId, Exception exception);
}
