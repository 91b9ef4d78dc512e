using System.Globalization;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// The path of an outbox. An outbox is used by one process only; with <c>{process}</c> in the file's name, each process takes the file with the lowest
/// number that no other process has locked. Numbers are reused, so a process that starts finds the events that an ended one left.
/// </summary>
internal sealed class OutboxPath
{
    private const string Placeholder = "{process}";

    /// <summary>The maximum number of processes that can have an outbox at the same time.</summary>
    private const int MaxFiles = 1_000;

    private readonly string _path;

    private OutboxPath(string path) => _path = path;

    /// <summary>Whether each process has its own file.</summary>
    public bool IsPattern => _path.Contains(Placeholder, StringComparison.Ordinal);

    /// <exception cref="ArgumentException"><paramref name="path"/> is not the path of a file, or contains an unknown placeholder.</exception>
    public static OutboxPath Parse(string path, string parameterName)
    {
        var full = DatabasePath.Validate(path, parameterName);
        var name = Path.GetFileName(full);
        var start = name.IndexOf('{', StringComparison.Ordinal);
        var end = name.IndexOf('}', start + 1);
        var isKnown = start < 0 || end < 0
            || (name[start..(end + 1)].Equals(Placeholder, StringComparison.OrdinalIgnoreCase) && name.IndexOf('{', end) < 0);
        if (!isKnown || full[..^name.Length].Contains(Placeholder, StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException(
                $"'{path}' contains an unknown placeholder. The only supported one is {Placeholder}, once, in the name of the file: \"data/outbox-{Placeholder}.db\".", parameterName);
        }

        return new OutboxPath(start < 0 || end < 0 ? full : full[..^name.Length] + name[..start] + Placeholder + name[(end + 1)..]);
    }

    /// <summary>The files that this process may use, in the order in which it tries them.</summary>
    public IEnumerable<string> Candidates() => IsPattern ? Enumerable.Range(1, MaxFiles).Select(FileOf) : [_path];

    /// <summary>The files that exist, of this process and of others.</summary>
    public IEnumerable<string> Existing() => Candidates().Where(File.Exists);

    public override string ToString() => _path;

    private string FileOf(int number) => _path.Replace(Placeholder, number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
