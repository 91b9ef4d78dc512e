namespace ExperimentFramework.DataPlane.Generators.Edits;

/// <summary>
/// The files that something in a file may depend on: those that declare a type of a name that is mentioned in it, and the same for those
/// in turn. Names mean more than one thing, so these are more files than need be, and never fewer.
/// </summary>
internal sealed class Surroundings
{
    /// <summary>From here on, reading again is quicker than asking.</summary>
    private const int MostQuestions = 5_000;

    private readonly List<FileNames> _files;

    private Surroundings(List<FileNames> files) => _files = files;

    /// <summary>Follows the names from some files on.</summary>
    /// <param name="roots">The files to begin with.</param>
    /// <param name="filesByType">The files that declare a type of a name.</param>
    public static Surroundings Of(IEnumerable<FileNames> roots, ILookup<string, FileNames> filesByType)
    {
        var files = new List<FileNames>(roots.Distinct());
        var known = new HashSet<FileNames>(files);
        for (var i = 0; i < files.Count; i++)
        {
            files.AddRange(files[i].Mentioned.SelectMany(name => filesByType[name]).Where(known.Add));
        }

        return new Surroundings(files);
    }

    /// <summary>Whether one of the names may be meant in one of the files.</summary>
    public bool MayMention(IReadOnlyCollection<string> names) =>
        (long)names.Count * _files.Count > MostQuestions || _files.Any(file => names.Any(file.Mentioned.Contains));
}
