using System.Globalization;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// The path of an outbox. An outbox belongs to one process; with <c>{process}</c> in the file's name, each process takes the file with the lowest
/// number that no other one has locked. Numbers are used again, so a process that starts finds what a dead one left.
/// </summary>
internal sealed class OutboxPath
{
    private const string Placeholder = "{process}";

    /// <summary>How many processes can have an outbox at once.</summary>
    private const int MaxFiles = 1_000;

    private readonly string _path;

    private OutboxPath(string path) => _path = path;

    /// <summary>Whether each process has a file of its own.</summary>
    public bool IsPattern => _path.Contains(Placeholder, StringComparison.Ordinal);

    /// <exception cref="ArgumentException"><paramref name="path"/> is not the path of a file, or has a placeholder that is not known.</exception>
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
                $"'{path}' has a placeholder that an outbox does not know. The only one is {Placeholder}, once, in the name of the file: \"data/outbox-{Placeholder}.db\".", parameterName);
        }

        return new OutboxPath(start < 0 || end < 0 ? full : full[..^name.Length] + name[..start] + Placeholder + name[(end + 1)..]);
    }

    /// <summary>The files that this process may use, in the order in which it tries them.</summary>
    public IEnumerable<string> Candidates() => IsPattern ? Enumerable.Range(1, MaxFiles).Select(FileOf) : [_path];

    /// <summary>The files that there are, of this process and of others.</summary>
    public IEnumerable<string> Existing() => Candidates().Where(File.Exists);

    public override string ToString() => _path;

    private string FileOf(int number) => _path.Replace(Placeholder, number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
