using ExperimentFramework.DataPlane.Science;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Renders what clients look at, once for all of them, as long as there are any. A view that cannot be rendered, or not in time, holds up no other one.</summary>
/// <param name="model">The read model.</param>
/// <param name="time">The clock.</param>
/// <param name="options">The time between two updates, and how many clients there may be, of at most <see cref="MaxViews"/> views.</param>
/// <param name="logger">The log.</param>
internal sealed partial class LiveUpdates(IExperimentReadModel model, TimeProvider time, ExperimentDashboardOptions options, NonThrowingLogger logger)
{
    /// <summary>Whoever opens a page for each word that can be searched for does not make the server render all of them each second.</summary>
    public const int MaxViews = 250;

    /// <summary>A page connects again within a second or two, for example after the browser's own break.</summary>
    private const int UpdatesKept = 3;

    private readonly NonThrowingLogger _logger = logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LiveView> _views = new(StringComparer.Ordinal);
    private int _clients;
    private bool _isRunning;

    /// <summary>Adds a client; null if there are too many.</summary>
    public LiveView? TryEnter(ViewSource source)
    {
        lock (_gate)
        {
            if (_clients >= options.MaxClients)
            {
                return null;
            }

            if (!_views.TryGetValue(source.Key, out var view))
            {
                if (_views.Values.Count(static other => other.Clients > 0) >= MaxViews)
                {
                    return null;
                }

                _views.Add(source.Key, view = new LiveView(source));
            }

            _clients++;
            view.Clients++;
            view.UpdatesWithoutClients = 0;
            if (!_isRunning)
            {
                _isRunning = true;
                _ = BackgroundWork.Run(RunAsync);
            }

            return view;
        }
    }

    /// <summary>Removes a client.</summary>
    public void Leave(LiveView view)
    {
        lock (_gate)
        {
            _clients--;
            view.Clients--;
        }
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(options.UpdateInterval, time);
        while (await timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            LiveView[] views;
            lock (_gate)
            {
                foreach (var view in _views.Values.Where(static view => view.Clients == 0 && ++view.UpdatesWithoutClients > UpdatesKept).ToList())
                {
                    _views.Remove(view.Source.Key);
                }

                if (_views.Count == 0)
                {
                    _isRunning = false;
                    return;
                }

                views = [.. _views.Values.Where(static view => view.Clients > 0)];
            }

            var moment = new Moment(model);
            foreach (var view in views)
            {
                // What comes at once is rendered one after the other, so that pages take one processor at most; whoever waits is not waited for.
                if (view.Rendering.IsCompleted)
                {
                    view.Rendering = RenderAsync(view, moment);
                }
            }
        }
    }

    private async Task RenderAsync(LiveView view, Moment moment)
    {
        try
        {
            view.Set(await view.Source.Render(moment).ConfigureAwait(false), time.GetUtcNow());
            view.IsFailing = false;
        }
        catch (Exception exception)
        {
            // Its clients get nothing, and say so; the next update may come again.
            if (!view.IsFailing)
            {
                view.IsFailing = true;
                LogFailed(exception);
            }
        }
    }

    [LoggerMessage(320, LogLevel.Error, "An open page of the dashboard cannot be updated; it is tried again with each update.", EventName = "DashboardUpdateFailed")]
    private partial void LogFailed(Exception exception);
}
