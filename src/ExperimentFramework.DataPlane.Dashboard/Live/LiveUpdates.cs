using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Renders what clients look at, once for all of them, as long as there are any.</summary>
/// <param name="model">The read model.</param>
/// <param name="time">The clock.</param>
/// <param name="interval">The time between two updates.</param>
/// <param name="maxClients">How many clients there may be.</param>
internal sealed class LiveUpdates(IExperimentReadModel model, TimeProvider time, TimeSpan interval, int maxClients)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LiveView> _views = new(StringComparer.Ordinal);
    private int _clients;
    private bool _isRunning;

    /// <summary>Adds a client; null if there are too many.</summary>
    public LiveView? TryEnter(ViewSource source)
    {
        lock (_gate)
        {
            if (_clients >= maxClients)
            {
                return null;
            }

            if (!_views.TryGetValue(source.Key, out var view))
            {
                _views.Add(source.Key, view = new LiveView(source));
            }

            _clients++;
            view.Clients++;
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
            if (--view.Clients == 0)
            {
                _views.Remove(view.Source.Key);
            }
        }
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            LiveView[] views;
            lock (_gate)
            {
                if (_views.Count == 0)
                {
                    _isRunning = false;
                    return;
                }

                views = [.. _views.Values];
            }

            var moment = new Moment(model);
            foreach (var view in views)
            {
                try
                {
                    view.Set(await view.Source.Render(moment, CancellationToken.None).ConfigureAwait(false), time.GetUtcNow());
                }
                catch (Exception exception)
                {
                    // The requests of its clients end with it, and the server logs them.
                    view.Fail(exception);
                }
            }
        }
    }
}
