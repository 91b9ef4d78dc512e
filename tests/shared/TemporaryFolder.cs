namespace ExperimentFramework.DataPlane;

/// <summary>A folder of the test's own, removed at its end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const int MaxAttempts = 10_000;

    private readonly string _path = Directory.CreateTempSubdirectory("dataplane-").FullName;

    public string File(string name) => Path.Combine(_path, name);

    /// <summary>The names of the files in it.</summary>
    public IReadOnlyList<string> Files() => [.. Directory.EnumerateFiles(_path).Select(file => Path.GetFileName(file)!)];

    public void Dispose()
    {
        for (var attempt = 1; Directory.Exists(_path); attempt++)
        {
            try
            {
                Directory.Delete(_path, recursive: true);
            }
            catch (IOException) when (attempt < MaxAttempts)
            {
                // What works in the background may just have created another file.
                Thread.Yield();
            }
        }
    }
}
