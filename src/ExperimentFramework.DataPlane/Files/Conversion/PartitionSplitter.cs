namespace ExperimentFramework.DataPlane;

/// <summary>
/// Splits a finished file into files by experiment and day. They are written in a separate folder, where no reader finds them, and moved when all are complete.
/// </summary>
/// <param name="compression">How the files are compressed.</param>
internal sealed class PartitionSplitter(FileCompression compression) : IRolledFileConverter
{
    public async ValueTask ConvertAsync(string path, CancellationToken cancellationToken)
    {
        var root = Path.GetDirectoryName(path)!;
        var work = Path.Combine(root, JournalName.BaseOf(path) + JournalName.WorkFolder);
        Delete(work);
        var name = JournalName.BaseOf(path) + (compression == FileCompression.Gzip ? JournalName.Gzip : JournalName.Lines);
        var temporaryName = JournalName.BaseOf(path) + JournalName.Temporary;
        try
        {
            await SplitAsync(path, work, temporaryName, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Incomplete files take space on a disk that may be full, which the journal needs.
            Delete(work);
            throw;
        }

        Move(work, root, temporaryName, name, cancellationToken);
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Waits until a file is on the disk, because the lines that it was made from may already be there and are then deleted.</summary>
    private static void WriteToDisk(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        file.Flush(flushToDisk: true);
    }

    private async Task SplitAsync(string path, string work, string name, CancellationToken cancellationToken)
    {
        OwnerOnly.CreateFolder(work);
        using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        var files = new PartitionFiles(work, name, compression);
        using var lines = new LineReader(source, EventLines.MaxLineBytes);
        while (await lines.ReadAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (lines.IsTooLong)
            {
                throw new InvalidDataException($"Line {lines.Number} of '{path}' has more than {EventLines.MaxLineBytes} bytes, so no event was written there. Repair or remove the file.");
            }

            files.Append(EventPartition.Find(line.Span), line.Span);
        }

        files.Write();
    }

    /// <summary>Moves the files of a folder and of those below it, and deletes it. Only the folders above the current one are open and remembered, however many there are.</summary>
    private static void Move(string from, string to, string temporaryName, string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var folder in Directory.EnumerateDirectories(from))
        {
            Move(folder, Path.Combine(to, Path.GetFileName(folder)), temporaryName, name, cancellationToken);
        }

        var temporary = Path.Combine(from, temporaryName);
        if (File.Exists(temporary))
        {
            OwnerOnly.CreateFolder(to);
            WriteToDisk(temporary);
            File.Move(temporary, Path.Combine(to, name), overwrite: true);
        }

        Directory.Delete(from, recursive: true);
    }
}
