namespace ExperimentFramework.DataPlane;

/// <summary>
/// Splits a finished file into files by experiment and day. They are written in a folder of their own, where no reader finds them, and moved when all are whole.
/// </summary>
/// <param name="compression">How the files are compressed.</param>
/// <param name="durability">Whether they must be on the disk before the file they come from is deleted.</param>
internal sealed class PartitionSplitter(FileCompression compression, FileDurability durability) : IRolledFileConverter
{
    public async ValueTask ConvertAsync(string path, CancellationToken cancellationToken)
    {
        var root = Path.GetDirectoryName(path)!;
        var work = path + JournalName.Temporary;
        if (Directory.Exists(work))
        {
            Directory.Delete(work, recursive: true);
        }

        var name = JournalName.BaseOf(path) + (compression == FileCompression.Gzip ? JournalName.Gzip : JournalName.Lines);
        await SplitAsync(path, work, name + JournalName.Temporary, cancellationToken).ConfigureAwait(false);
        Move(work, root, name, cancellationToken);
        Directory.Delete(work, recursive: true);
    }

    private async Task SplitAsync(string path, string work, string name, CancellationToken cancellationToken)
    {
        OwnerOnly.CreateFolder(work);
        using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        using var files = new PartitionFiles(work, name, compression, durability);
        using var lines = new LineReader(source, EventLines.MaxLineBytes);
        while (await lines.ReadAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (lines.IsTooLong)
            {
                throw new InvalidDataException($"Line {lines.Number} of '{path}' has more than {EventLines.MaxLineBytes} bytes, so no event was written there. Repair or remove the file.");
            }

            files.Append(EventPartition.Find(line.Span), line.Span);
        }
    }

    private static void Move(string work, string root, string name, CancellationToken cancellationToken)
    {
        foreach (var folder in Directory.EnumerateDirectories(work, "*", SearchOption.AllDirectories))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var temporary = Path.Combine(folder, name + JournalName.Temporary);
            if (File.Exists(temporary))
            {
                var target = Path.Combine(root, Path.GetRelativePath(work, folder));
                OwnerOnly.CreateFolder(target);
                File.Move(temporary, Path.Combine(target, name), overwrite: true);
            }
        }
    }
}
