using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The options in force now, replaced as a whole when the configuration is reloaded. A reload with wrong values changes nothing and is logged.
/// </summary>
internal sealed partial class ReloadableOptions : IDisposable
{
    private readonly IOptionsFactory<DataPlaneOptions> _factory;
    private readonly NonThrowingLogger _logger;
    private readonly List<IDisposable> _subscriptions = [];
    private readonly Lock _lock = new();
    private readonly List<Action<DataPlaneOptions>> _subscribers = [];
    private DataPlaneOptions _value;

    public ReloadableOptions(
        IOptions<DataPlaneOptions> atStart,
        IOptionsFactory<DataPlaneOptions> factory,
        DataPlaneConfiguration configuration,
        IEnumerable<IOptionsChangeTokenSource<DataPlaneOptions>> sources,
        ILoggerFactory loggers)
    {
        _value = atStart.Value;
        _factory = factory;
        _logger = NonThrowingLogger.Of(loggers.CreateLogger(DataPlaneLogCategories.Startup));
        _subscriptions.Add(ChangeToken.OnChange(configuration.GetChangeToken, Reload));
        foreach (var source in sources.Where(source => string.IsNullOrEmpty(source.Name)))
        {
            _subscriptions.Add(ChangeToken.OnChange(source.GetChangeToken, Reload));
        }
    }

    /// <summary>The options. Only the category switches and sampling rates are read again after the start.</summary>
    public DataPlaneOptions Value => Volatile.Read(ref _value);

    /// <summary>Gives the options in force to whoever keeps what it needs of them at hand: now, and again whenever they change.</summary>
    public void OnChange(Action<DataPlaneOptions> take)
    {
        lock (_lock)
        {
            _subscribers.Add(take);
            take(Value);
        }
    }

    public void Dispose() => _subscriptions.ForEach(subscription => subscription.Dispose());

    private void Reload()
    {
        try
        {
            var options = _factory.Create(Options.DefaultName);
            lock (_lock)
            {
                Volatile.Write(ref _value, options);
                _subscribers.ForEach(take => take(options));
            }

            LogReloaded();
        }
        catch (Exception exception)
        {
            // Whoever reloads the configuration is not the one to be told.
            LogRefused(exception);
        }
    }

    [LoggerMessage(70, LogLevel.Debug, "The data plane took up reloaded options.", EventName = "OptionsReloaded")]
    private partial void LogReloaded();

    [LoggerMessage(71, LogLevel.Error, "The data plane's reloaded options are wrong; the ones before stay in force.", EventName = "ReloadedOptionsInvalid")]
    private partial void LogRefused(Exception exception);
}
