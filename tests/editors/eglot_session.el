;;; What a user of eglot does with a copy of the examples -*- lexical-binding: t -*-
;; Called as `emacs --batch -l CONFIGURATION -l THIS SOURCE SCRIPT ANSWERS`: CONFIGURATION is what docs/editors.md says,
;; and what was seen is written to ANSWERS as JSON.

(require 'compile)
(require 'haskell)
(require 'eglot)

(defvar answers nil "What was seen, as a property list.")

(defun note (key value)
  "Remember VALUE as what was seen of KEY."
  (setq answers (plist-put answers key value)))

(defun wait-for (what condition)
  "Return what CONDITION gives as soon as that is not nil; give up when WHAT takes too long."
  (let ((limit (+ (float-time) 90)) found)
    (while (not (setq found (funcall condition)))
      (when (> (float-time) limit) (error "Waited for %s" what))
      (accept-process-output nil 0.05))
    found))

(defun go-to (text)
  "Put point on the first place where TEXT is."
  (goto-char (point-min))
  (search-forward text)
  (goto-char (match-beginning 0)))

(defun hover ()
  "What eglot has eldoc show at point."
  (let (text)
    (eglot-hover-eldoc-function (lambda (said &rest _) (setq text (if said (substring-no-properties said) ""))))
    (wait-for "hover" (lambda () text))))

(defun ran (script title)
  "What SCRIPT prints when it is run by the code action called TITLE."
  (find-file script)
  (apply #'eglot (eglot--guess-contact))
  (let ((action (wait-for "the action" (lambda ()
                                         (go-to "main =")
                                         (seq-find (lambda (one) (equal (plist-get one :title) title))
                                                   (ignore-errors (eglot-code-actions (point) (point)))))))
        ended)
    (push (lambda (_buffer how) (setq ended how)) compilation-finish-functions)
    (eglot-execute (eglot-current-server) action)
    (wait-for "the end of the script" (lambda () ended))
    (eglot-shutdown (eglot-current-server))
    (with-current-buffer "*compilation*" (buffer-string))))

(let ((source (pop command-line-args-left))
      (script (pop command-line-args-left))
      (file (pop command-line-args-left))
      (eglot-sync-connect 90))
  (find-file source)
  (apply #'eglot (eglot--guess-contact))
  (note :server (plist-get (eglot--server-info (eglot-current-server)) :name))
  (wait-for "GHC" (lambda ()
                    (let ((status (jsonrpc-request (eglot-current-server) :thatch/status nil)))
                      (and (eq t (plist-get status :quiescent))
                           (> (length (plist-get status :ghcVersions)) 0)
                           (note :ghc (aref (plist-get status :ghcVersions) 0))))))
  (go-to "view place letter")
  (note :hover (hover))
  (go-to "$$(power 3)")
  (note :hover-of-splice (hover))
  (thatch-expand)
  (with-current-buffer "*thatch expansion*"
    (note :expansion (buffer-string))
    (note :expansion-at (buffer-substring (line-beginning-position) (line-end-position))))
  (go-to "letter `elem` places")
  (search-forward "places")
  (insert "s")
  (eglot--signal-textDocument/didChange)
  (note :diagnostic (wait-for "an error" (lambda ()
                                           (flymake-start)
                                           (when-let* ((found (car (flymake-diagnostics))))
                                             (flymake-diagnostic-text found)))))
  (go-to "placess")
  (let ((action (seq-find (lambda (one) (equal (plist-get one :title) "Replace by places"))
                          (eglot-code-actions (point) (point)))))
    (note :action (plist-get action :kind))
    (eglot-execute (eglot-current-server) action))
  (go-to "letter `elem` places")
  (note :line (buffer-substring (line-beginning-position) (line-end-position)))
  (eglot--signal-textDocument/didChange)
  (wait-for "no error" (lambda () (flymake-start) (null (flymake-diagnostics))))
  (set-buffer-modified-p nil)
  (eglot-shutdown (eglot-current-server))
  (note :ran (ran script "Run hello.hs"))
  ;; What is serialized is bytes already.
  (let ((coding-system-for-write 'no-conversion))
    (with-temp-file file (insert (json-serialize answers)))))
