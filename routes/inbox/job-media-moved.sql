-- a job that is submitted again finds its media in .done/ under the name it got there
UPDATE relay_job
   SET media = :#name
 WHERE intake = :#intake
   AND media = :#media
