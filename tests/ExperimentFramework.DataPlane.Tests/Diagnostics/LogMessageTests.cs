using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Tests.Diagnostics;

public sealed class LogMessageTests
{
    /// <summary>Set to 1, the page is written anew.</summary>
    private const string WriteVariable = "DATAPLANE_WRITE_LOG_MESSAGES";

    [Fact]
    public void The_page_of_log_messages_is_made_of_the_sources()
    {
        var path = Path.Combine(Repository.Docs, "reference/log-messages.md");
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, LogMessages.Page);
        }

        Assert.True(File.ReadAllText(path) == LogMessages.Page, $"docs/reference/log-messages.md and the sources differ: write it with {WriteVariable}=1.");
    }

    [Fact]
    public void Every_message_is_read_and_has_a_name_and_a_category()
    {
        Assert.Equal(LogMessages.CountAttributes(), LogMessages.All.Count);
        Assert.All(LogMessages.All, message => Assert.False(message.Name is null || message.Category is null, $"{message.Type}: {message.Text}"));
    }

    [Fact]
    public void Ids_and_names_are_unique_over_all_packages()
    {
        Assert.Equal(LogMessages.All.Count, LogMessages.All.DistinctBy(message => message.Id).Count());
        Assert.Equal(LogMessages.All.Count, LogMessages.All.DistinctBy(message => message.Name).Count());
    }

    [Fact]
    public void The_categories_are_six_constants()
    {
        var constants = typeof(DataPlaneLogCategories).GetFields().Select(field => (string)field.GetRawConstantValue()!).ToArray();

        Assert.Equal(6, constants.Length);
        Assert.Equal(constants.Order(), LogMessages.All.Select(message => message.Category!).Distinct().Except([typeof(LoggingDataBackplane).FullName!]).Order());
    }

    [Fact]
    public async Task Messages_are_logged_under_their_registered_category_and_name()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("unknown")));

        fixture.Get<IGreeter>().Greet("u");

        Assert.Contains(fixture.Logs, record => record.Id == new EventId(11, "SelectorUnknownVariant") && record.Category == DataPlaneLogCategories.Assignment);
    }
}
