namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>The folder of a monitor, which the next one goes on from.</summary>
internal sealed class KeptState : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Lets a monitor write the folder.</summary>
    public void Write(Action<MonitorDriver> run, Action<ExperimentMonitorStreamsOptions>? configure = null)
    {
        using var driver = Start("former", configure);
        run(driver);
        driver.Commit();

        // The driver deletes its folder at its end.
        foreach (var file in Directory.GetFiles(_folder.File("former"), "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_folder.File("state"), Path.GetRelativePath(_folder.File("former"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    /// <summary>Loses a store.</summary>
    public void Lose(string store)
    {
        foreach (var lost in Directory.GetDirectories(_folder.File("state"), store, SearchOption.AllDirectories))
        {
            Directory.Delete(lost, recursive: true);
        }
    }

    /// <summary>Starts the next monitor.</summary>
    public MonitorDriver GoOn(Action<ExperimentMonitorStreamsOptions>? configure = null) => Start("state", configure);

    private MonitorDriver Start(string folder, Action<ExperimentMonitorStreamsOptions>? configure) => new(options =>
    {
        options.StateFolder = _folder.File(folder);
        configure?.Invoke(options);
    });
}
