using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>Metrics of rotating subjects, whom the identity provider names, or each call.</summary>
internal sealed class MetricCalls : CallPath
{
    private readonly ServiceProvider _services;
    private readonly IMetricRecorder _metrics;
    private readonly CurrentSubject? _current;
    private readonly Subjects _subjects = new();

    /// <param name="isNamed">Whether each call names its subject and an order number, in details of its own.</param>
    public MetricCalls(bool isNamed)
    {
        const int Room = 16_384;
        var services = new ServiceCollection();
        if (!isNamed)
        {
            _current = new CurrentSubject();
            services.AddSingleton<ISubjectIdentityProvider>(_current);
        }

        services.AddDataBackplane(data => data.MaxQueueSize = data.BatchSize = Room);
        services.AddSingleton<IDataBackplane>(new DiscardingBackplane());
        _services = services.BuildServiceProvider();
        _metrics = _services.GetRequiredService<IMetricRecorder>();
    }

    public override int Burst()
    {
        var total = 0;
        foreach (var user in _subjects.NextBurst())
        {
            MetricDetails? details = null;
            if (_current is null)
            {
                details = new MetricDetails { SubjectId = user, SubjectType = "user", IdempotencyKey = user };
            }
            else
            {
                _current.Id = user;
            }

            var recorded = _metrics.RecordAsync("purchase", user.Length, details);
            total += recorded.IsCompletedSuccessfully ? user.Length : throw new InvalidOperationException("The metric was to be recorded synchronously.");
        }

        return total;
    }

    public override void Drain() => _services.GetRequiredService<IEventPublisher>().FlushAsync().AsTask().GetAwaiter().GetResult();

    public override void Dispose()
    {
        base.Dispose();
        _services.Dispose();
    }

    private sealed class CurrentSubject : ISubjectIdentityProvider
    {
        public string Id { get; set; } = "";

        public string SubjectType => "user";

        public bool TryGetSubjectId(out string subjectId)
        {
            subjectId = Id;
            return true;
        }
    }
}
