using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.AspNetCore.Tests.Assignment;

public sealed class BrokenLoggerTests
{
    [Fact]
    public async Task A_logger_that_throws_reaches_no_request_and_costs_no_visitor_its_id()
    {
        await using var site = await WebFixture.StartAsync(
            services: services =>
            {
                services.AddHttpVariantOverrides();
                services.AddSingleton<ILoggerProvider, BrokenLogger>();
            },
            configure: application =>
            {
                application.UseSubjectAssignments();
                application.UseVariantOverrides();
            });

        var (_, setCookie) = await site.GetAsync("http://shop.example/?dataplane-override=forged", ("Cookie", "dataplane-visitor=forged"));
        await site.GetAsync("/", ("User-Agent", "kube-probe/1.29"));

        Assert.NotNull(setCookie);
        Assert.NotNull(site.Exposures[0].SubjectId);
    }

    private sealed class BrokenLogger : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) =>
            categoryName == DataPlaneLogCategories.Assignment ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("broken");

        public void Dispose()
        {
        }
    }
}
